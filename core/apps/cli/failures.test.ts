import { ORPCError } from "@orpc/client";
import { describe, expect, it } from "vitest";
import { InfrastructureError, infrastructureErrorCodes } from "../../ports/infrastructure-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureOf, usageFailure } from "./failures.ts";

describe("a failure", () => {
  it("of the outside world keeps its sentence and its remedy, and has a documented exit code", () => {
    for (const code of infrastructureErrorCodes) {
      const failure = failureOf(new InfrastructureError(code, "it did not work", { remedy: "Do this." }), undefined);
      expect(failure, code).toMatchObject({ type: code, message: "it did not work", remedy: "Do this." });
      expect(Object.values(exitCodes), code).toContain(failure.exitCode);
    }
  });

  it("of a used, full or newer workspace is exit 6, a missing thing 4, a conflict 5", () => {
    const exits = (["busy", "unwritable", "newer-schema", "unavailable", "not-found", "conflict"] as const).map(
      (code) => failureOf(new InfrastructureError(code, "x"), undefined).exitCode,
    );

    expect(exits).toStrictEqual([6, 6, 6, 6, 4, 5]);
  });

  it("that nobody expected is a fault of ours: exit 70, with where its details are, and never a stack", () => {
    const failure = failureOf(new TypeError("x is not a function"), "/workspace/signalbox.log");

    expect(failure).toMatchObject({
      exitCode: 70,
      type: "internal",
      message: "x is not a function",
      remedy: expect.stringContaining("/workspace/signalbox.log"),
    });
  });

  it("inside a host in this process tells what its cause was", () => {
    expect(failureOf(new ORPCError("INTERNAL_SERVER_ERROR", { cause: new TypeError("no such column") }), undefined)).toMatchObject({
      exitCode: 70,
      message: "no such column",
      remedy: expect.any(String),
    });
  });

  it("of usage is what the command said", () => {
    expect(failureOf(usageFailure("no such stage", "See the list."), undefined)).toStrictEqual({
      exitCode: 2,
      type: "usage",
      message: "no such stage",
      remedy: "See the list.",
    });
  });

  it("may be anything that was thrown", () => {
    expect(failureOf("just words", undefined)).toMatchObject({ exitCode: 70, message: "just words" });
    expect(failureOf(undefined, undefined)).toMatchObject({ exitCode: 70 });
  });
});
