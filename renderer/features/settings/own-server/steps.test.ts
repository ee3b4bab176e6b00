import { describe, expect, it } from "vitest";
import type { Check } from "../../../../core/contract/connection.ts";
import { isWell, resultFor } from "./steps.ts";

const check = (status: Check["status"]): Check => ({ id: status, title: status, status, detail: "" });

describe("a step on the way to a server", () => {
  const result = { checks: [check("pass")] };
  const tried = { input: { forge: "https://forge.example", token: "one" }, result };

  it("has a result for what was tried, whatever blanks stand around it, and for nothing else", () => {
    expect(resultFor(tried, { forge: " https://forge.example", token: "one\n" })).toBe(result);
    expect(resultFor(tried, { forge: "https://forge.example", token: "another" })).toBeUndefined();
    expect(resultFor(undefined, tried.input)).toBeUndefined();
  });

  it("is done when nothing has failed: a warning is for the owner to weigh", () => {
    expect(isWell({ checks: [check("pass"), check("warn")] })).toBe(true);
    expect(isWell({ checks: [check("pass"), check("fail")] })).toBe(false);
    expect(isWell({ checks: [] })).toBe(false);
    expect(isWell(undefined)).toBe(false);
  });
});
