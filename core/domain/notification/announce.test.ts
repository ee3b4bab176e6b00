import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RepositoryName } from "../kernel/values.ts";
import { announce, mostKept, withoutSettled, type Announcement, type Happening, type Kept } from "./announce.ts";
import { defaultPreferences, minutesOfDay, quietFor, topics, urgencies, urgencyOf, type NotificationPreferences } from "./preferences.ts";

const shop = "acme/shop" as RepositoryName;
const night = { from: 22 * 60, to: 7 * 60 };
const noon = 12 * 60;
const midnight = 0;
const happening = (id: string, overrides: Partial<Happening> = {}): Happening => ({
  id,
  topic: "tool",
  repository: shop,
  summary: `What ${id} asks.`,
  place: `/inbox/${id}`,
  ...overrides,
});
const at = (minute: number, happenings: readonly Happening[], kept: Kept = []) => ({ minute, happenings, kept });

describe("by day", () => {
  it("what needs the owner is one notification, however much came, and leads to the first of it", () => {
    const { say } = announce(defaultPreferences, at(noon, [happening("a"), happening("b", { topic: "gate" })]));
    expect(say).toStrictEqual([{ urgency: "needs-you", topic: "tool", count: 2, summary: "What a asks.", place: "/inbox/a" }]);
  });

  it("what only informs is told apart from it, and what is silent is not told", () => {
    const { say } = announce(
      defaultPreferences,
      at(noon, [happening("f", { topic: "run-failed" }), happening("s", { topic: "run-succeeded" }), happening("q", { topic: "question" })]),
    );
    expect(say.map(({ urgency, topic, count }) => [urgency, topic, count])).toStrictEqual([
      ["needs-you", "question", 1],
      ["information", "run-failed", 1],
    ]);
  });

  it("a repository may be otherwise than the others", () => {
    const preferences: NotificationPreferences = { ...defaultPreferences, repositories: { [shop]: { tool: "silent", "run-succeeded": "needs-you" } } };
    expect(announce(preferences, at(noon, [happening("a")])).say).toStrictEqual([]);
    expect(announce(preferences, at(noon, [happening("a", { repository: "acme/else" as RepositoryName })])).say).toHaveLength(1);
    expect(announce(preferences, at(noon, [happening("r", { topic: "run-succeeded" })])).say).toMatchObject([{ urgency: "needs-you" }]);
  });

  it("a repository that is called like something that every object has is one like any other", () => {
    expect(urgencyOf(defaultPreferences, "tool", "constructor" as RepositoryName)).toBe("needs-you");
  });
});

describe("in quiet hours", () => {
  const preferences: NotificationPreferences = { ...defaultPreferences, quiet: night };

  it("nothing is said, and all of it at their end, the most urgent first", () => {
    const first = announce(preferences, at(midnight, [happening("f", { topic: "run-failed", place: "/runs/f" })]));
    const second = announce(preferences, at(midnight + 1, [happening("a")], first.kept));
    expect([...first.say, ...second.say]).toStrictEqual([]);

    expect(announce(preferences, at(noon, [happening("n", { topic: "question" })], second.kept))).toStrictEqual({
      say: [
        { urgency: "needs-you", topic: "catching-up", count: 2, summary: "What a asks.", place: "/inbox/a" },
        { urgency: "needs-you", topic: "question", count: 1, summary: "What n asks.", place: "/inbox/n" },
      ],
      kept: [],
    });
  });

  it("what was settled meanwhile is not told", () => {
    const { kept } = announce(preferences, at(midnight, [happening("a"), happening("b")]));
    const left = withoutSettled(kept, ({ id }) => id === "a");
    expect(announce(preferences, at(noon, [], left)).say).toMatchObject([{ count: 1, place: "/inbox/b" }]);
    expect(
      announce(
        preferences,
        at(
          noon,
          [],
          withoutSettled(left, () => true),
        ),
      ).say,
    ).toStrictEqual([]);
  });

  it("a flood takes no more room than is worth keeping", () => {
    const flood = Array.from({ length: mostKept * 2 }, (_, index) => happening(String(index)));
    expect(announce(preferences, at(midnight, flood)).kept).toHaveLength(mostKept);
  });

  it("begin and end to the minute, over midnight too", () => {
    expect([21 * 60 + 59, 22 * 60, 23 * 60, 0, 6 * 60 + 59, 7 * 60].map((minute) => quietFor(preferences, minute))).toStrictEqual([0, 540, 480, 420, 1, 0]);
    const siesta = { ...defaultPreferences, quiet: { from: 13 * 60, to: 14 * 60 } };
    expect([13 * 60 - 1, 13 * 60, 14 * 60 - 1, 14 * 60].map((minute) => quietFor(siesta, minute))).toStrictEqual([0, 60, 1, 0]);
    expect(quietFor({ ...defaultPreferences, quiet: { from: 5, to: 5 } }, 5)).toBe(0);
  });
});

it("whatever happens and whenever, what is not silent is told exactly once, and nothing else is", () => {
  const anyTopic = fc.constantFrom(...topics);
  const preferences: fc.Arbitrary<NotificationPreferences> = fc.record({
    topics: fc.record(Object.fromEntries(topics.map((topic) => [topic, fc.constantFrom(...urgencies)]))),
    repositories: fc.constant({}),
    quiet: fc.option(fc.record({ from: fc.nat(minutesOfDay - 1), to: fc.nat(minutesOfDay - 1) }), { nil: undefined }),
  });
  const steps = fc.array(fc.record({ minute: fc.nat(minutesOfDay - 1), came: fc.array(anyTopic, { maxLength: 4 }) }), { maxLength: 12 });
  fc.assert(
    fc.property(preferences, steps, (chosen, happened) => {
      let kept: Kept = [];
      const said: Announcement[] = [];
      for (const { minute, came } of happened) {
        const told = announce(
          chosen,
          at(
            minute,
            came.map((topic, index) => happening(`${index}`, { topic })),
            kept,
          ),
        );
        if (quietFor(chosen, minute) > 0) expect(told.say).toStrictEqual([]);
        else expect(told.kept).toStrictEqual([]);
        said.push(...told.say);
        ({ kept } = told);
      }
      const loud = happened.flatMap(({ came }) => came).filter((topic) => chosen.topics[topic] !== "silent");
      expect(said.reduce((sum, { count }) => sum + count, 0) + kept.length).toBe(loud.length);
    }),
  );
});
