import { beforeEach, describe, expect, it } from "vitest";
import type { UpdateEvent } from "./update-course.ts";
import { createUpdates, type Updates, type UpdatesDeps } from "./updates.ts";

interface Played {
  readonly updates: Updates;
  readonly tell: (event: UpdateEvent) => void;
  readonly did: string[];
  readonly logged: string[];
  /** Lets the time of the next look come. */
  readonly timePasses: () => Promise<void>;
  answer: (install: boolean) => void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function play(more: Partial<UpdatesDeps> = {}): Played {
  const timers: (() => void)[] = [];
  const did: string[] = [];
  const logged: string[] = [];
  let tellUpdates: (event: UpdateEvent) => void = () => undefined;
  const played: { answer: Played["answer"] } = { answer: () => undefined };
  const updates = createUpdates({
    off: undefined,
    createUpdater: async (tell) => {
      tellUpdates = tell;
      return { check: () => void did.push("check"), install: () => void did.push("install") };
    },
    ask: (version) =>
      new Promise((resolve) => {
        did.push(`ask ${version}`);
        played.answer = resolve;
      }),
    prepare: async () => void did.push("prepare"),
    recover: () => void did.push("recover"),
    after: (milliseconds, then) => {
      did.push(`wait ${milliseconds / 1_000} s`);
      timers.push(then);
    },
    now: () => 5,
    log: (text) => logged.push(text),
    ...more,
  });
  return Object.assign(played, {
    updates,
    tell: (event: UpdateEvent) => tellUpdates(event),
    did,
    logged,
    async timePasses() {
      timers.shift()?.();
      await turn();
    },
  });
}

describe("the updates of an application", () => {
  let played: Played;
  beforeEach(() => void (played = play()));

  it("are looked for soon after the start and a day after that", async () => {
    await played.timePasses();
    played.tell({ type: "nothing-new", at: 5 });
    await played.timePasses();

    expect(played.did).toEqual(["wait 5 s", "wait 86400 s", "check", "wait 86400 s", "check"]);
  });

  it("are installed after the owner's yes, when everything that must not be cut off has ended", async () => {
    await played.timePasses();
    played.tell({ type: "found", version: "2.0.0" });
    played.tell({ type: "downloaded", version: "2.0.0" });
    await turn();

    played.answer(true);
    await turn();

    expect(played.did.slice(3)).toEqual(["ask 2.0.0", "prepare", "install"]);
  });

  it("are not asked about twice at once, however long the question stands there", async () => {
    await played.timePasses();
    played.tell({ type: "found", version: "2.0.0" });
    played.tell({ type: "downloaded", version: "2.0.0" });
    await turn();
    await played.timePasses();
    expect(played.did.filter((each) => each.startsWith("ask"))).toHaveLength(1);

    played.answer(false);
    await turn();
    await played.timePasses();

    expect(played.did.filter((each) => each.startsWith("ask"))).toHaveLength(2);
  });

  it("tell how they are to who does not know it yet, and to who does as soon as it changes", async () => {
    const first = await played.updates.after(0);
    expect(first).toEqual({ type: "updates", course: { phase: "idle" }, working: 0, revision: 1 });
    const earlier = played.updates.after(first.revision);
    const next = played.updates.after(first.revision);
    expect(await earlier).toEqual(first);

    played.updates.working(2);

    expect(await next).toEqual({ type: "updates", course: { phase: "idle" }, working: 2, revision: 2 });
  });

  it("say in the log what has failed, and are looked for again when the owner asks", async () => {
    await played.timePasses();
    played.tell({ type: "failed", message: "no route", at: 5 });
    expect(played.logged).toEqual(["updates: no route"]);

    played.updates.check();
    await turn();

    expect(played.did.filter((each) => each === "check")).toHaveLength(2);
  });

  it("bring the application back when it cannot be installed", async () => {
    played = play({ prepare: () => Promise.reject(new Error("the host does not end")) });
    await played.timePasses();
    played.tell({ type: "found", version: "2.0.0" });
    played.tell({ type: "downloaded", version: "2.0.0" });
    played.updates.install();
    await turn();

    expect(played.did.at(-1)).toBe("recover");
    expect(played.did).not.toContain("install");
  });

  it("are off where there is no feed: nothing is looked for, and the log says so", async () => {
    played = play({ off: "no-feed" });
    played.updates.check();
    played.updates.install();
    await turn();

    expect(played.did).toEqual([]);
    expect(played.logged).toEqual(["updates: off (no-feed)"]);
    expect((await played.updates.after(0)).course).toEqual({ phase: "off", why: "no-feed" });
  });
});
