import { beforeEach, expect, it } from "vitest";
import { hostNotice, type HostNotice } from "../../../contract/shell.ts";
import type { Happening } from "../../../domain/notification/announce.ts";
import { defaultPreferences } from "../../../domain/notification/preferences.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { createNotificationDesk, type NotificationDesk } from "./notification-desk.ts";

let told: HostNotice[];
let timers: { after: number; run: () => void }[];
let minute: number;
let desk: NotificationDesk;
const asked = (id: string): Happening => ({ id, topic: "tool", repository: "acme/shop" as RepositoryName, summary: `${id}.`, place: `/inbox/${id}` });
const night = { ...defaultPreferences, quiet: { from: 22 * 60, to: 7 * 60 } };

beforeEach(() => {
  [told, timers, minute] = [[], [], 23 * 60];
  desk = createNotificationDesk({
    tell: (notice) => told.push(notice),
    minute: () => minute,
    after(milliseconds, run) {
      const timer = { after: milliseconds, run };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
  });
});

it("says at once what happens, in a form that the shell accepts", () => {
  desk.hear([asked("a"), asked("b")]);

  expect(told).toStrictEqual([{ type: "announce", urgency: "needs-you", topic: "tool", count: 2, summary: "a.", place: "/inbox/a" }]);
  expect(told.map((notice) => hostNotice.safeParse(notice).success)).toStrictEqual([true]);
  expect(timers).toStrictEqual([]);
});

it("waits for the end of the quiet hours with one timer, and then says it once", () => {
  desk.prefer(night);
  desk.hear([asked("a")]);
  desk.hear([asked("b")]);
  expect([told, timers.map(({ after }) => after / 60_000)]).toStrictEqual([[], [8 * 60]]);

  minute = 7 * 60;
  timers[0]?.run();
  expect(told).toMatchObject([{ topic: "catching-up", count: 2 }]);
  expect(timers).toStrictEqual([]);
});

it("says nothing in the morning of what was settled at night", () => {
  desk.prefer(night);
  desk.hear([asked("a")]);
  desk.settle(({ id }) => id === "a");
  minute = 7 * 60;
  timers[0]?.run();

  expect(told).toStrictEqual([]);
});

it("catches up as soon as the owner ends the quiet hours", () => {
  desk.prefer(night);
  desk.hear([asked("a")]);
  desk.prefer(defaultPreferences);

  expect(told).toMatchObject([{ topic: "catching-up", count: 1, place: "/inbox/a" }]);
});

it("leaves no timer behind", () => {
  desk.prefer(night);
  desk.hear([asked("a")]);
  desk.close();

  expect(timers).toStrictEqual([]);
});
