import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { continues, levelOf } from "./level.ts";

describe("the level that a line gives itself", () => {
  it.each([
    // Words at the beginning
    ["ERROR no room on the disk", "failure"],
    ["WARNING: the key is old", "warn"],
    ["INFO:root:begun", "info"],
    ["WARN | slow", "warn"],
    ["[error] no room", "failure"],
    ["[WARN] slow", "warn"],
    ["[ERROR]", "failure"],
    ["<debug> asked", "debug"],
    ["error: no such file", "failure"],
    ["fatal: not a git repository", "failure"],
    ["Error: boom", "failure"],
    ["Warning: it is deprecated", "warn"],
    ["info: listening", "info"],
    [" WARN  deprecated left-pad@1.0.0", "warn"],
    ["FAIL src/basket.test.ts", "failure"],
    // After a time, a container, a thread
    ["2026-11-21T22:37:43.123Z ERROR harbour", "failure"],
    ["2026-11-21T22:37:43Z  INFO 1234 --- [main] c.e.Shop : up", "info"],
    ["2026/11/21 22:37:43 [error] 31#31: *1 open() failed", "failure"],
    ["2026-11-21 22:37:43,123 - shop.basket - WARNING - slow", "warn"],
    ["2026-11-21 22:37:43.123 UTC [71] ERROR:  relation does not exist", "failure"],
    ["2026-11-21 22:37:43.123 | WARNING  | shop:sell:12 - slow", "warn"],
    ["2026-11-21T22:37:43Z    debug    asked", "debug"],
    ["22:37:43.123 [main] WARN com.shop.Basket", "warn"],
    ["[22:37:43] ERROR (71): boom", "failure"],
    ["Nov 21 22:37:43 ERROR boom", "failure"],
    ["api-1  | 2026-11-21T22:37:43Z WRN slow", "warn"],
    ["E1121 22:37:43.123456    71 main.go:7] boom", "failure"],
    // Fields
    ["time=2026-11-21T22:37:43Z level=error msg=boom", "failure"],
    ['ts=1 lvl="warn" msg="slow"', "warn"],
    ['{"level":50,"time":1790000000000,"msg":"boom"}', "failure"],
    ['{"level":20,"msg":"asked"}', "debug"],
    ['{"time":1,"severity":"WARNING","message":"slow"}', "warn"],
    ['api-1  | {"msg":"boom","level":"error"}', "failure"],
    ['{"level":60,"msg":"a long one that goes on in the next li', "failure"],
    // Tools and crashes
    ["npm warn deprecated left-pad@1.0.0", "warn"],
    ["npm ERR! code E404", "failure"],
    ["src/basket.ts(3,5): error TS2304: Cannot find name 'x'.", "failure"],
    ["basket.c:3:5: warning: unused variable", "warn"],
    ["error[E0308]: mismatched types", "failure"],
    ["::warning file=a.js,line=1::slow", "warn"],
    ["##[error]Process completed with exit code 1.", "failure"],
    ["TypeError: x is not a function", "failure"],
    ["AssertionError [ERR_ASSERTION]: 1 == 2", "failure"],
    ["java.lang.IllegalStateException: closed", "failure"],
    ["Traceback (most recent call last):", "failure"],
    ["thread 'main' panicked at src/main.rs:7:5:", "failure"],
  ])("%j: %s", (text, level) => {
    expect(levelOf(text)).toBe(level);
  });

  it.each([
    "",
    "No errors were found.",
    "Error handling is described below",
    "errors: 3",
    "error: 0",
    "error: null",
    "info:",
    "debug: true",
    "warning: {",
    "I would warn: error, fatal",
    "Fatal mistakes are rare",
    "12:04:05 error rates went up",
    "INFORMATION about the shop",
    "ERROR = 5",
    "ERRORS 3",
    "WARNING_LEVEL high",
    "  error: string;",
    "    ERROR indented",
    "[error](https://shop.example)",
    "[debug]",
    "- [warn] in a list",
    "src/basket.ts:12: throw new Error('x');",
    "grep --level=error",
    "the level=errors",
    '{"level":3}',
    '{"level":"upper"}',
    '{"level":["error"]}',
    '{"of":{"level":"error"}}',
    '{"msg":"{\\"level\\":\\"error\\"}"}',
    '{"constructor":1,"level":"constructor"}',
    '["level","error"]',
    "$ grep ERROR log",
    "constructor: x",
  ])("%j has none", (text) => {
    expect(levelOf(text)).toBeUndefined();
  });

  it("is found or not, and never a fault, whatever a line says", () => {
    const part = fc.oneof(fc.constantFrom("{", '"level":', "ERROR", "[", "]", ": ", " | ", "12:04:05 ", "a.b", "("), fc.string());
    fc.assert(fc.property(fc.array(part, { maxLength: 20 }), (parts) => [undefined, "debug", "info", "warn", "failure"].includes(levelOf(parts.join("")))));
    expect(levelOf("a.".repeat(1_000))).toBeUndefined();
  });
});

describe("a line without a level", () => {
  it.each(["", "    at sell (basket.ts:3:5)", "  detail", "Caused by: java.io.IOException", "at sell (basket.ts:3:5)", "}", "]),"])(
    "%j goes on with the one above",
    (text) => {
      expect(continues(text)).toBe(true);
    },
  );

  it.each(["done", " one space", "added 3 packages", "} else {", "attached"])("%j begins something else", (text) => {
    expect(continues(text)).toBe(false);
  });
});
