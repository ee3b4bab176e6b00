import type { IncomingMessage } from "node:http";

export type BodyOutcome =
  | { readonly type: "read"; readonly bytes: Buffer }
  | { readonly type: "too-large" }
  | { readonly type: "busy" }
  | { readonly type: "aborted" };

/** Bytes that all requests together hold in memory at the moment; shared by them. */
export interface BodyBudget {
  readonly limit: number;
  used: number;
}

/**
 * Collects a request's body up to `limit` bytes. A declared length over the limit is refused without reading anything; a body that turns out longer, with or
 * without a declared length, is let go of at the first byte too many. What is held is given back to the budget by calling `release`.
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
): Promise<{ readonly outcome: BodyOutcome; readonly release: () => void }> {
  let held = 0;
  const release = (): void => {
    budget.used -= held;
    held = 0;
  };
  const finish = (outcome: BodyOutcome): { outcome: BodyOutcome; release: () => void } => ({ outcome, release });
  if (Number(request.headers["content-length"] ?? 0) > limit) return finish({ type: "too-large" });
  const chunks: Buffer[] = [];
  const outcome = await new Promise<BodyOutcome>((resolve) => {
    request.on("data", (chunk: Buffer) => {
      held += chunk.length;
      budget.used += chunk.length;
      if (held > limit) resolve({ type: "too-large" });
      else if (budget.used > budget.limit) resolve({ type: "busy" });
      else return void chunks.push(chunk);
      // Not one byte more is taken in; the answer goes out and the connection is closed.
      chunks.length = 0;
      request.pause();
      request.removeAllListeners("data");
    });
    request.once("end", () => resolve({ type: "read", bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }));
    request.once("error", () => resolve({ type: "aborted" }));
    request.once("close", () => resolve({ type: "aborted" }));
  });
  if (outcome.type !== "read") release();
  return finish(outcome);
}
