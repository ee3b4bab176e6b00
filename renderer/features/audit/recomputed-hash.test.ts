import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { chainEvent, chainStart } from "../../../core/domain/audit/chain.ts";
import type { NewFlowEvent } from "../../../core/domain/audit/flow-event.ts";
import type { Digest } from "../../../core/domain/kernel/values.ts";
import { hashHolds } from "./recomputed-hash.ts";

const sha256 = (text: string): Digest => createHash("sha256").update(text).digest("hex") as Digest;
const event = chainEvent(
  {
    correlationId: "c",
    actor: { type: "person", id: "olga" },
    type: "run.started",
    subject: "run:r",
    payload: { n: 1, text: "é" },
    at: 5,
  } as unknown as NewFlowEvent,
  chainStart,
  sha256,
) as unknown as FlowEventRow;

describe("the hash that the window computes itself", () => {
  it("is that of an event as it was written", async () => {
    expect(await hashHolds(event)).toBe(true);
  });

  it("is another one when anything in the event was changed", async () => {
    expect(await hashHolds({ ...event, payload: { n: 2, text: "é" } })).toBe(false);
    expect(await hashHolds({ ...event, at: 6 })).toBe(false);
  });

  it("does not hold for what has no canonical form", async () => {
    expect(await hashHolds({ ...event, payload: { n: Number.NaN } })).toBe(false);
  });
});
