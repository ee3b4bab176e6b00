import { ORPCError } from "@orpc/server";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { Refusal } from "./dependencies.ts";

/** The error that a surface gets for an id that nothing has. */
export function notFound(what: string, id: string, remedy: string): ORPCError<"NOT_FOUND", { remedy: string }> {
  return new ORPCError("NOT_FOUND", { defined: true, status: 404, message: `There is no ${what} ${id}.`, data: { remedy } });
}

/** Refusals that mean "the state moved on", in words. Everything else is a rule that said no. */
const movedOn: Readonly<Record<string, { readonly message: string; readonly remedy: string }>> = {
  "decision.already-answered": { message: "Somebody has decided this already.", remedy: "Look at the request: the first answer counts." },
  "decision.already-decided": { message: "Somebody has decided this already.", remedy: "Look at the request: the first answer counts." },
  "decision.closed": { message: "This request is closed.", remedy: "Look at the request to see how it ended." },
  "decision.edited": {
    message: "Somebody has edited this request: another one stands in its place.",
    remedy: "Look at the edited request; it waits in the inbox.",
  },
  "decision.expired": { message: "The deadline has passed; silence is never consent.", remedy: "The agent will ask again if it still needs the decision." },
  "decision.stale": {
    message: "What it is about has changed since it was shown.",
    remedy: "Look at the run: the agent is told, and asks again with the new state.",
  },
  "decision.other-arguments": {
    message: "The request has other arguments now than those that were shown.",
    remedy: "Show it again, and decide on what is there now.",
  },
  "decision.other-target": { message: "The target has changed since it was shown.", remedy: "Show it again, and decide on what is there now." },
  "draft.not-valid": { message: "It does not fit any more.", remedy: "The list of drafts says what has changed." },
  "draft.closed": { message: "This draft is closed.", remedy: "Write a new one." },
  "draft.under-way": { message: "It is on its way.", remedy: "What became of it shows as soon as the database answers." },
  "draft.other-version": { message: "The document has changed since it was shown.", remedy: "Look at it again, and say what you think of what it says now." },
  "allowance.closed": { message: "It lets nothing through any more.", remedy: "The list of rules says how it ended." },
  "rules.changed-meanwhile": {
    message: "The rules were changed since they were shown.",
    remedy: "Look at the rules as they are now, and rehearse again. Nothing was changed.",
  },
  "run.ended": { message: "The run has ended.", remedy: "Start the stage again with its label if it is still needed." },
};

/** Refusals that nothing has moved for: something is wrong. */
const wrong: Readonly<Record<string, { readonly message: string; readonly remedy: string }>> = {
  "draft.no-pull": {
    message: "There is no pull request in which this document is reviewed.",
    remedy: "Keep the draft until its run has opened one, or request changes at the stage's gate: it goes along.",
  },
  "draft.words-missing": {
    message: "Nothing says what needs to change.",
    remedy: "Say it in words, or comment on a line of the document.",
  },
  "draft.no-such-line": { message: "The document has no such line.", remedy: "Choose one of its lines." },
  "decision.not-editable": {
    message: "Only the arguments of a tool call can be edited.",
    remedy: "Answer in words: deny with a reason, answer the question, or request changes.",
  },
  "decision.tampered": {
    message: "This is not what was asked: the request was changed or put in by hand.",
    remedy: "It cannot be decided any more. Run `signalbox audit verify`, and find out who can write to the database.",
  },
};

/** Turns a use case's refusal into the contract's errors. */
export function refused(refusal: Refusal): ORPCError<string, unknown> {
  const { type, ...details } = refusal as Refusal & Record<string, unknown>;
  const known = movedOn[type];
  if (known)
    return new ORPCError("CONFLICT", { defined: true, status: 409, message: known.message, data: { type, remedy: known.remedy, ...firstAnswer(details) } });
  if (type.endsWith("not-found") || type.endsWith("no-such-request") || type.endsWith("no-such-run")) return notFound("such thing", type, "Check the id.");
  const { remedy = "Look at the request or run to see what it takes now.", message } = { ...wrong[type], ...textsOf(details) };
  const words = message ?? `It was refused: ${type.replaceAll(".", " ").replaceAll("-", " ")}.`;
  return new ORPCError("REFUSED", { defined: true, status: 422, message: words, data: { type, remedy } });
}

function textsOf({ message, remedy }: Record<string, unknown>): { message?: string; remedy?: string } {
  return { ...(typeof message === "string" ? { message } : {}), ...(typeof remedy === "string" ? { remedy } : {}) };
}

function firstAnswer(details: Record<string, unknown>): { by?: string; surface?: string; at?: number } {
  const answer = details["by"] ?? details["decision"];
  if (typeof answer !== "object" || answer === null) return {};
  const { by, surface, at } = answer as { by?: unknown; surface?: unknown; at?: unknown };
  return { ...(typeof by === "string" ? { by } : {}), ...(typeof surface === "string" ? { surface } : {}), ...(typeof at === "number" ? { at } : {}) };
}

/** Whatever was thrown, as the contract has it. A fault that nobody expected becomes an internal error that tells a surface nothing; its `cause` stays in this process. */
export function asContractError(error: unknown): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error as ORPCError<string, unknown>;
  if (!(error instanceof InfrastructureError)) return new ORPCError("INTERNAL_SERVER_ERROR", { cause: error });
  if (error.code === "not-found")
    return new ORPCError("NOT_FOUND", {
      defined: true,
      status: 404,
      message: error.message,
      data: { remedy: error.remedy ?? "Check the name." },
      cause: error,
    });
  const data = { code: error.code, remedy: error.remedy ?? "Try again in a moment; signalbox doctor says what is wrong." };
  return new ORPCError("UNAVAILABLE", { defined: true, status: 503, message: error.message, data, cause: error });
}

/** A fault of this program, for its log; undefined for everything that the contract foresees. */
export function faultBehind(error: unknown): unknown {
  return error instanceof ORPCError && error.code !== "INTERNAL_SERVER_ERROR" ? undefined : error instanceof ORPCError ? (error.cause ?? error) : error;
}
