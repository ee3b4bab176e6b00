import { beforeEach, describe, expect, it } from "vitest";
import type { HostQuestion } from "../../../contract/shell.ts";
import { createManualClock, type ManualClock } from "../../../testing/manual-clock.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";
import { createShellSealer } from "./shell-sealer.ts";

let asked: HostQuestion[];
let say: (message: unknown) => void;
let leave: () => void;
let clock: ManualClock;
let sealer: SecretSealer;

beforeEach(() => {
  asked = [];
  clock = createManualClock(0);
  let count = 0;
  sealer = createShellSealer({
    channel: {
      send: (question) => asked.push(question),
      listen(hear, left) {
        say = hear;
        leave = left;
      },
    },
    id: () => `q${++count}`,
    after: (milliseconds, then) => clock.after(milliseconds, then),
  });
});

describe("the host's sealer, which asks the shell", () => {
  it("gives every answer to the question that it belongs to, in whatever order they come", async () => {
    const [sealed, opened] = [sealer.seal("key"), sealer.unseal("c2VhbGVk")];
    expect(asked).toEqual([
      { type: "seal", id: "q1", secret: "key" },
      { type: "unseal", id: "q2", sealed: "c2VhbGVk" },
    ]);

    say({ type: "sealing", id: "q2", text: "opened" });
    say({ type: "sealing", id: "q1", text: "sealed" });

    expect(await Promise.all([sealed, opened])).toEqual(["sealed", "opened"]);
  });

  it("passes on why the shell refuses, and what to do", async () => {
    const sealed = sealer.seal("key");
    say({ type: "no-sealing", id: "q1", message: "There is no keyring.", remedy: "Install one." });

    await expect(sealed).rejects.toMatchObject({ code: "unauthorised", message: "There is no keyring.", remedy: "Install one." });
  });

  it("hears nothing that is no answer, and no answer twice", async () => {
    const sealed = sealer.seal("key");
    for (const noise of [undefined, null, 7, "q1", {}, { type: "sealing" }, { type: "sealing", id: "q9", text: "x" }, { type: "sealing", id: "q1", text: 1 }])
      say(noise);
    say({ type: "sealing", id: "q1", text: "first", more: true });
    say({ type: "sealing", id: "q1", text: "right" });
    say({ type: "sealing", id: "q1", text: "late" });

    expect(await sealed).toBe("right");
  });

  it("waits for an owner who unlocks the keyring, but not for ever", async () => {
    const sealed = sealer.seal("key");
    const failure = sealed.catch((error: unknown) => error);
    await clock.advance(119_999);
    expect(clock.timers).toBe(1);
    await clock.advance(1);

    expect(await failure).toMatchObject({ code: "timeout", remedy: expect.stringContaining("Unlock") });
    say({ type: "sealing", id: "q1", text: "too late" });
  });

  it("ends what waits when the shell goes, and asks nobody afterwards", async () => {
    const failure = sealer.seal("key").catch((error: unknown) => error);
    leave();

    expect(await failure).toMatchObject({ code: "unavailable" });
    await expect(sealer.unseal("x")).rejects.toMatchObject({ code: "unavailable", remedy: expect.stringContaining("signalbox desktop") });
    expect(asked).toHaveLength(1);
  });
});
