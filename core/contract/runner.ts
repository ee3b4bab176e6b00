import { z } from "zod";

/**
 * What crosses between a run's agent-runner and the gateway, over HTTP. All paths but `exchange` need `Authorization: Bearer <run token>`; git takes the
 * token as the password of Basic authentication. A token of an older attempt than the run's newest is refused with 409 `fenced`.
 */
export const runnerPaths = {
  exchange: "/runner/exchange",
  events: "/runner/events",
  heartbeat: "/runner/heartbeat",
  /** PUT stores (octet-stream; query `sequence`, `thread`), GET returns the run's latest or 204. */
  snapshot: "/runner/snapshot",
  turnEnded: "/runner/turn-ended",
  attemptEnded: "/runner/attempt-ended",
  mcp: "/mcp",
  /** Followed by `owner/name.git`. */
  git: "/git",
} as const;

export const exchangeRequest = z.object({ runId: z.string().min(1), attempt: z.int().min(1), bootstrapToken: z.string().min(20) });
export type ExchangeRequest = z.infer<typeof exchangeRequest>;

/** How the agent reaches its model. */
export const modelEndpoint = z.object({ baseUrl: z.url(), apiKey: z.string(), name: z.string().min(1) });
export type ModelEndpoint = z.infer<typeof modelEndpoint>;

export const exchangeResponse = z.object({
  runToken: z.string(),
  /** A `RunSpecification` (core/domain/run/specification.ts). */
  specification: z.looseObject({ runId: z.string() }),
  /** The rendered prompt of the first turn, or the input of a resumed one. */
  input: z.string(),
  gitUrl: z.string(),
  mcpUrl: z.string(),
  model: modelEndpoint,
  /** The runner sends a heartbeat at least every third of this. */
  leaseSeconds: z.number().positive(),
  deadlineSeconds: z.number().positive(),
  hasSnapshot: z.boolean(),
});
export type ExchangeResponse = z.infer<typeof exchangeResponse>;

export const transcriptItem = z.object({ sequence: z.int().min(0), at: z.number(), type: z.string().min(1), content: z.record(z.string(), z.json()) });
export const eventsRequest = z.object({ items: z.array(transcriptItem).max(500) });
export type EventsRequest = z.infer<typeof eventsRequest>;

export const heartbeatResponse = z.object({ action: z.enum(["continue", "stop"]), reason: z.string().optional() });
export type HeartbeatResponse = z.infer<typeof heartbeatResponse>;

/** What became of the push after a turn. */
export const pushReport = z.discriminatedUnion("type", [
  z.object({ type: z.literal("none") }),
  z.object({ type: z.literal("accepted"), commit: z.string(), files: z.array(z.string()) }),
  z.object({ type: z.literal("refused"), message: z.string() }),
]);
export type PushReport = z.infer<typeof pushReport>;

const turnUsage = z.object({ inputTokens: z.number(), cachedInputTokens: z.number(), outputTokens: z.number(), reasoningTokens: z.number() });

/** A sign of life, and what the turn that goes on has used so far. */
export const heartbeatRequest = z.object({ running: z.object({ turn: z.int().min(1), usage: turnUsage }).optional() });
export type HeartbeatRequest = z.infer<typeof heartbeatRequest>;

export const turnEndedRequest = z.object({
  /** 1, 2, … within the attempt. */
  turn: z.int().min(1),
  outcome: z.enum(["completed", "failed", "aborted", "interrupted"]),
  threadId: z.string().optional(),
  message: z.string().optional(),
  usage: turnUsage.optional(),
  push: pushReport,
  /** How many calls of Signalbox's own tools got no answer in this turn. */
  unanswered: z.int().min(0).optional(),
});
export type TurnEndedRequest = z.infer<typeof turnEndedRequest>;

/** What the runner does next. `park` and `finish`: upload the snapshot, report attempt-ended, exit. */
export const turnVerdict = z.discriminatedUnion("type", [
  z.object({ type: z.literal("continue"), input: z.string() }),
  z.object({ type: z.literal("park"), reason: z.string() }),
  z.object({ type: z.literal("finish"), reason: z.string() }),
]);
export type TurnVerdict = z.infer<typeof turnVerdict>;

export const attemptEndedRequest = z.object({
  outcome: z.enum(["finished", "parked", "failed", "cancelled", "deadline"]),
  message: z.string().optional(),
  /** The turn that was ended in its middle, and what it had used by then. */ cutOff: z.object({ turn: z.int().min(1), usage: turnUsage }).optional(),
});
export type AttemptEndedRequest = z.infer<typeof attemptEndedRequest>;
