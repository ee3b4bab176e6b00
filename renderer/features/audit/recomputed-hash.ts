import { useEffect, useState } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { flowEventText } from "../../../core/domain/audit/chain.ts";
import type { FlowEvent } from "../../../core/domain/audit/flow-event.ts";

/** Whether an event is what its hash says, computed here and not by whoever stored it. `open`: not computed yet, or this page may not. */
export function useRecomputedHash(event: FlowEventRow): "open" | "holds" | "broken" {
  const [found, setFound] = useState<{ readonly of: FlowEventRow; readonly holds: boolean } | undefined>();
  useEffect(() => {
    let left = false;
    void hashHolds(event).then((holds) => {
      if (!left && holds !== undefined) setFound({ of: event, holds });
    });
    return () => {
      left = true;
    };
  }, [event]);
  return found?.of === event ? (found.holds ? "holds" : "broken") : "open";
}

/** @returns undefined where the browser computes no hashes: it does so for pages from this machine or over TLS. */
export async function hashHolds(event: FlowEventRow): Promise<boolean | undefined> {
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) return undefined;
  try {
    const digest = await subtle.digest("SHA-256", new TextEncoder().encode(flowEventText(event as unknown as FlowEvent)));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("") === event.hash;
  } catch {
    // It has no canonical form, so it cannot have been hashed either.
    return false;
  }
}
