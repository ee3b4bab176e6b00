import type { HeartbeatRequest } from "../../contract/runner.ts";
import { Fenced, type GatewayClient } from "./gateway-client.ts";

/**
 * Tells the gateway that this attempt is alive, three times a lease. Calls `onLost` once, when the gateway says stop, refuses the token, or could not be
 * reached for a whole lease: then another attempt may be running already and this one has to end. Returns a function that ends it.
 *
 * @param measure what the turn that goes on has used; told with the heartbeat after the one at which it was asked for, which waits for nothing.
 */
export function keepLease(
  gateway: Pick<GatewayClient, "heartbeat">,
  leaseSeconds: number,
  onLost: (reason: string) => void,
  measure: () => Promise<HeartbeatRequest["running"]> = async () => undefined,
): () => void {
  let running: HeartbeatRequest["running"];
  let lastAnswer = performance.now();
  let ended = false;
  const end = (): void => {
    ended = true;
    clearInterval(timer);
  };
  const lose = (reason: string): void => {
    if (ended) return;
    end();
    onLost(reason);
  };
  const beat = async (): Promise<void> => {
    try {
      const told = running;
      void measure().then(
        (now) => (running = now),
        () => undefined, // a file that is just being written; the next time finds it
      );
      const answer = await gateway.heartbeat(told);
      lastAnswer = performance.now();
      if (answer.action === "stop") lose(answer.reason ?? "the run was ended");
    } catch (error) {
      if (error instanceof Fenced) lose("a newer attempt of this run has started, or the run has ended");
    }
  };
  const tick = (): void => {
    // Looked at before each call and not when one fails: a gateway that takes calls and never answers is as good as gone.
    if (performance.now() - lastAnswer > leaseSeconds * 1_000) lose("the gateway could not be reached for a whole lease");
    else void beat();
  };
  const timer = setInterval(tick, (leaseSeconds * 1_000) / 3);
  return end;
}
