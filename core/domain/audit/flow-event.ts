import type { CorrelationId, Digest, Instant, JsonObject } from "../kernel/values.ts";

/** Who did it. Agents are actors too, but can never decide. */
export interface Actor {
  readonly type: "person" | "agent" | "system" | "forge";
  /** Login, run id, or process name. */
  readonly id: string;
}

/** What happened, before it has its place in the chain. */
export interface NewFlowEvent {
  readonly correlationId: CorrelationId;
  readonly actor: Actor;
  /** Past tense with its subject: `run.parked`, `decision.decided`, `tool.executed`. */
  readonly type: string;
  /** What it is about, so that a reader can filter: `run:<id>`, `request:<id>`, `delivery:<id>`, `issue:<owner/name>#<n>`. */
  readonly subject: string;
  readonly payload: JsonObject;
  readonly at: Instant;
}

/** An event in the hash chain: `hash` = SHA-256 of the RFC 8785 form of everything else here, `previousHash` included. */
export interface FlowEvent extends NewFlowEvent {
  /** 1, 2, … without gaps. */
  readonly sequence: number;
  readonly previousHash: Digest;
  readonly hash: Digest;
}
