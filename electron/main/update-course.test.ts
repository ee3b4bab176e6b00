import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { updateCourse } from "../../core/contract/shell.ts";
import { advanceUpdates, whyNoUpdates, type UpdateEffect, type UpdateEvent, type UpdateState } from "./update-course.ts";

const idle: UpdateState = { course: { phase: "idle" }, working: 0 };
const found: readonly UpdateEvent[] = [{ type: "due" }, { type: "found", version: "2.0.0" }, { type: "downloaded", version: "2.0.0" }];

function after(events: readonly UpdateEvent[], from: UpdateState = idle): { readonly state: UpdateState; readonly effects: readonly UpdateEffect[] } {
  let state = from;
  const effects: UpdateEffect[] = [];
  for (const event of events) {
    const step = advanceUpdates(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

describe("the course of an update", () => {
  it("goes from the look over the download to the question, and to the installation on the owner's word", () => {
    const asked = after([...found.slice(0, 2), { type: "progress", percent: 40 }]);
    expect(asked.state.course).toEqual({ phase: "downloading", version: "2.0.0", percent: 40 });

    const { state, effects } = after(
      [
        { type: "downloaded", version: "2.0.0" },
        { type: "answered", install: true },
      ],
      asked.state,
    );

    expect(state.course).toEqual({ phase: "installing", version: "2.0.0" });
    expect(effects).toEqual([{ type: "ask", version: "2.0.0" }, { type: "install" }]);
  });

  it("waits with its question until no run works", () => {
    const busy = after([{ type: "working", count: 2 }, ...found]);
    expect(busy.effects).toEqual([{ type: "check" }]);

    expect(after([{ type: "working", count: 1 }], busy.state).effects).toEqual([]);
    expect(after([{ type: "working", count: 0 }], busy.state).effects).toEqual([{ type: "ask", version: "2.0.0" }]);
  });

  it("takes no word that comes while a run works, and asks again afterwards", () => {
    const late = after([...found, { type: "working", count: 1 }, { type: "answered", install: true }]);
    expect(late.state.course).toEqual({ phase: "ready", version: "2.0.0", isAsked: false });
    expect(late.effects).not.toContainEqual({ type: "install" });

    expect(after([{ type: "working", count: 0 }], late.state).effects).toEqual([{ type: "ask", version: "2.0.0" }]);
  });

  it("stays ready after a no, asks again a day later, and lets the owner take it any time", () => {
    const { state } = after([...found, { type: "answered", install: false }]);
    expect(state.course).toEqual({ phase: "ready", version: "2.0.0", isAsked: true });

    expect(after([{ type: "due" }], state).effects).toEqual([{ type: "ask", version: "2.0.0" }]);
    expect(after([{ type: "wanted" }], state).effects).toEqual([{ type: "install" }]);
  });

  it("says why it has failed and looks again when it is time; after a failed installation the application comes back", () => {
    const failed = after([{ type: "due" }, { type: "failed", message: "net::ERR_INTERNET_DISCONNECTED", at: 7 }]);
    expect(failed.state.course).toEqual({ phase: "idle", checkedAt: 7, failure: "net::ERR_INTERNET_DISCONNECTED" });
    expect(after([{ type: "due" }], failed.state).effects).toEqual([{ type: "check" }]);

    expect(after([...found, { type: "wanted" }, { type: "failed", message: "read-only", at: 8 }]).effects.at(-1)).toEqual({ type: "recover" });
  });

  const event = fc.oneof<fc.Arbitrary<UpdateEvent>[]>(
    fc.constantFrom<UpdateEvent>({ type: "due" }, { type: "wanted" }),
    fc.record({ type: fc.constant("working" as const), count: fc.nat(2) }),
    fc.record({ type: fc.constant("answered" as const), install: fc.boolean() }),
    fc.record({ type: fc.constantFrom("found" as const, "downloaded" as const), version: fc.constantFrom("2.0.0", "3.0.0") }),
    fc.record({ type: fc.constant("progress" as const), percent: fc.double({ min: -5, max: 200, noNaN: true }) }),
    fc.record({ type: fc.constant("nothing-new" as const), at: fc.nat() }),
    fc.record({ type: fc.constant("failed" as const), message: fc.string({ maxLength: 3_000 }), at: fc.nat() }),
  );

  it("never installs or asks while a run works, never without the owner's word, and never asks twice between two looks", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state = idle;
        let isAsked = false;
        for (const each of events) {
          const before = state;
          const { state: next, effects } = advanceUpdates(state, each);
          state = next;
          expect(updateCourse.safeParse(state.course).success).toBe(true);
          if (effects.some(({ type }) => type === "ask" || type === "install")) expect(state.working).toBe(0);
          if (effects.some(({ type }) => type === "install")) {
            expect(before.course.phase).toBe("ready");
            expect(each.type === "wanted" || (each.type === "answered" && each.install)).toBe(true);
          }
          // A look, a new download, or a word that came too late may bring the question again.
          if (["due", "downloaded"].includes(each.type) || (before.working > 0 && ["wanted", "answered"].includes(each.type))) isAsked = false;
          if (effects.some(({ type }) => type === "ask")) {
            expect(isAsked).toBe(false);
            isAsked = true;
          }
        }
      }),
    );
  });

  it("does nothing at all where there are no updates", () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const { state, effects } = after(events, { course: { phase: "off", why: "no-feed" }, working: 0 });
        expect(state.course).toEqual({ phase: "off", why: "no-feed" });
        expect(effects).toEqual([]);
      }),
    );
  });
});

describe("whether an application is updated by itself", () => {
  const everything = { isInstalled: true, platform: "win32", env: {}, brings: (file: string) => file === "app-update.yml" } as const;

  it("is so for one that was installed and packaged with a feed", () => {
    expect(whyNoUpdates(everything)).toBeUndefined();
    expect(whyNoUpdates({ ...everything, platform: "darwin" })).toBeUndefined();
    expect(whyNoUpdates({ ...everything, platform: "linux", env: { APPIMAGE: "/home/olga/Signalbox.AppImage" } })).toBeUndefined();
    expect(whyNoUpdates({ ...everything, platform: "linux", brings: () => true })).toBeUndefined();
  });

  it("is not so from a checkout, without a feed, or in a folder that nobody has installed, and says which", () => {
    expect(whyNoUpdates({ ...everything, isInstalled: false })).toBe("not-installed");
    expect(whyNoUpdates({ ...everything, brings: () => false })).toBe("no-feed");
    expect(whyNoUpdates({ ...everything, platform: "linux" })).toBe("no-installer");
  });
});
