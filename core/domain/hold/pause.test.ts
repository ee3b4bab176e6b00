import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant, PersonId } from "../kernel/values.ts";
import { decidePause, evolvePause, type Pause, type PauseCommand, type PauseEvent } from "./pause.ts";

const olga = "olga" as PersonId;
const boris = "boris" as PersonId;
const at = (now: number, by = olga): { readonly by: PersonId; readonly now: Instant } => ({ by, now: now as Instant });

describe("the pause of everything", () => {
  it("stays as it was said first, whoever says it again", () => {
    const [event] = decidePause(undefined, { type: "pause", id: "p1", reason: "the model is drunk" }, at(5));
    const paused = event && evolvePause(undefined, event);

    expect(paused).toEqual({ id: "p1", by: olga, since: 5, reason: "the model is drunk" });
    expect(decidePause(paused, { type: "pause", id: "p2" }, at(9, boris))).toEqual([]);
  });

  it("tells at its end which pause ended, and who ended it", () => {
    const paused: Pause = { id: "p1", by: olga, since: 5 as Instant };

    expect(decidePause(paused, { type: "restore" }, at(9, boris))).toEqual([{ type: "workspace.restored", pause: paused, by: boris, at: 9 }]);
    expect(decidePause(undefined, { type: "restore" }, at(9))).toEqual([]);
  });
});

describe("any sequence of pausing and restoring", () => {
  const command: fc.Arbitrary<PauseCommand> = fc.oneof(
    fc.record({ type: fc.constant("pause" as const), id: fc.uuid() }),
    fc.constant<PauseCommand>({ type: "restore" }),
  );

  it("ends as its last word says, alternates, and is the same when its events are replayed", () => {
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const events: PauseEvent[] = [];
        let state: Pause | undefined;
        for (const [index, next] of commands.entries()) {
          const decided = decidePause(state, next, at(index));
          events.push(...decided);
          state = decided.reduce(evolvePause, state);
          expect(state !== undefined).toBe(next.type === "pause");
        }
        const types = events.map((event) => event.type);
        expect(types).toEqual(types.map((_, index) => (index % 2 === 0 ? "workspace.paused" : "workspace.restored")));
        expect(events.reduce(evolvePause, undefined)).toEqual(state);
      }),
    );
  });
});
