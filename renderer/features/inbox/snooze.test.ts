import { describe, expect, it } from "vitest";
import type { InboxItem } from "../../../core/contract/inbox.ts";
import { apart, snoozeChoices } from "./snooze.ts";

const at = (hour: number, minute = 0): number => new Date(2026, 5, 10, hour, minute).getTime();
const names = (now: number): readonly string[] => snoozeChoices(now).map(({ name }) => name);

describe("what can be snoozed until", () => {
  it("is half an hour, this evening, tomorrow morning, or a change", () => {
    const now = at(11);

    expect(snoozeChoices(now)).toEqual([
      { name: "soon", until: now + 1_800_000 },
      { name: "evening", until: at(19) },
      { name: "tomorrow", until: new Date(2026, 5, 11, 9).getTime() },
      { name: "change" },
    ]);
  });

  it("is no evening that is nearly there or over, and tomorrow also on the last day of a month", () => {
    expect(names(at(18, 29))).toContain("evening");
    expect(names(at(18, 45))).not.toContain("evening");
    expect(names(at(23))).not.toContain("evening");
    const last = new Date(2026, 11, 31, 22).getTime();
    expect(snoozeChoices(last).find(({ name }) => name === "tomorrow")?.until).toBe(new Date(2027, 0, 1, 9).getTime());
  });
});

describe("the inbox", () => {
  const item = (id: string, snoozedUntil?: number): InboxItem => ({ id, ...(snoozedUntil === undefined ? {} : { snoozedUntil }) }) as InboxItem;
  const ids = (items: readonly InboxItem[]): readonly string[] => items.map(({ id }) => id);

  it("keeps the order of what needs the owner, and of what is put away has first what comes back first", () => {
    const { awake, asleep } = apart([item("a"), item("b", 9), item("c"), item("d", 5), item("e", 9)], 4);

    expect(ids(awake)).toEqual(["a", "c"]);
    expect(ids(asleep)).toEqual(["d", "b", "e"]);
  });

  it("is the same list where nothing is put away", () => {
    const items = [item("a"), item("b")];

    expect(apart(items, 4).awake).toBe(items);
  });

  it("that was read a while ago puts nothing away whose time has come meanwhile", () => {
    const { awake, asleep } = apart([item("a", 5), item("b", 9)], 5);

    expect([ids(awake), ids(asleep)]).toEqual([["a"], ["b"]]);
  });
});
