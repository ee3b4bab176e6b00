import { ORPCError } from "@orpc/client";
import { CommanderError } from "commander";
import { InfrastructureError, type InfrastructureErrorCode } from "../../ports/infrastructure-error.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";

/** What a command that did not work tells: one sentence, one remedy, never a stack trace. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly type: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** A failure that a command found itself: wrong usage, something missing. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function usageFailure(message: string, remedy: string): CommandFailure {
  return new CommandFailure({ exitCode: exitCodes.usage, type: "usage", message, remedy });
}

/** Translates whatever was thrown. An error that nobody expected is told as such, with where its details are. */
export function failureOf(error: unknown, logFile: string | undefined): Failure {
  if (error instanceof CommandFailure) return error.failure;
  if (error instanceof CommanderError) return { exitCode: exitCodes.usage, type: "usage", message: error.message.replace(/^error: /u, "") };
  if (error instanceof InfrastructureError) return { exitCode: infrastructureExit[error.code], type: error.code, message: error.message, remedy: error.remedy };
  if (error instanceof ORPCError) return hostFailure(error as ORPCError<string, unknown>, logFile);
  return { exitCode: exitCodes.internal, type: "internal", message: error instanceof Error ? error.message : String(error), remedy: faultRemedy(logFile) };
}

function faultRemedy(logFile: string | undefined): string {
  return logFile === undefined
    ? "Run it again with --verbose to see the details."
    : `This is a fault of Signalbox. Run it again with --verbose, and look into ${logFile}.`;
}

const infrastructureExit: Readonly<Record<InfrastructureErrorCode, ExitCode>> = {
  unavailable: exitCodes.unavailable,
  timeout: exitCodes.unavailable,
  "rate-limited": exitCodes.unavailable,
  busy: exitCodes.unavailable,
  unwritable: exitCodes.unavailable,
  "newer-schema": exitCodes.unavailable,
  unauthorised: exitCodes.failed,
  "invalid-response": exitCodes.failed,
  "not-found": exitCodes.notFound,
  conflict: exitCodes.conflict,
  internal: exitCodes.internal,
};

function hostFailure(error: ORPCError<string, unknown>, logFile: string | undefined): Failure {
  const data = typeof error.data === "object" && error.data !== null ? (error.data as Record<string, unknown>) : {};
  const remedy = typeof data["remedy"] === "string" ? data["remedy"] : undefined;
  const type = typeof data["type"] === "string" ? data["type"] : error.code.toLowerCase().replaceAll("_", "-");
  switch (error.code) {
    case "NOT_FOUND":
      return { exitCode: exitCodes.notFound, type, message: error.message, remedy };
    case "CONFLICT":
      return { exitCode: exitCodes.conflict, type, message: error.message, remedy };
    case "REFUSED":
      return { exitCode: exitCodes.failed, type, message: error.message, remedy };
    case "BAD_REQUEST":
      return { exitCode: exitCodes.usage, type: "usage", message: describeIssues(data) ?? error.message, remedy: "Compare the values with --help." };
    case "UNAVAILABLE":
      return { exitCode: exitCodes.unavailable, type, message: error.message, remedy };
    default:
      // A host in this process leaves the cause; from another process only "internal error" comes.
      return {
        exitCode: exitCodes.internal,
        type: "internal",
        message: error.cause instanceof Error ? error.cause.message : error.message,
        remedy: remedy ?? faultRemedy(logFile),
      };
  }
}

/** oRPC puts the schema's complaints into `data.issues`. */
function describeIssues(data: Record<string, unknown>): string | undefined {
  if (!Array.isArray(data["issues"])) return undefined;
  const issues = data["issues"] as readonly { readonly message?: string; readonly path?: readonly unknown[] }[];
  return issues.map((issue) => `${issue.path?.join(".") ?? "value"}: ${issue.message ?? "not valid"}`).join("; ");
}
