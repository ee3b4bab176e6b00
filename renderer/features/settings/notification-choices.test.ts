import { expect, it } from "vitest";
import { defaultPreferences } from "../../../core/domain/notification/preferences.ts";
import { choiceOf, minuteOf, timeText, withChoice } from "./notification-choices.ts";

it("a repository is as everywhere until it chooses, and again when it takes that back", () => {
  const chosen = withChoice(defaultPreferences, "acme/shop", "tool", "silent");

  expect([choiceOf(defaultPreferences, "acme/shop", "tool"), choiceOf(chosen, "acme/shop", "tool"), choiceOf(chosen, "acme/else", "tool")]).toStrictEqual([
    "inherit",
    "silent",
    "inherit",
  ]);
  expect(choiceOf(chosen, undefined, "tool")).toBe("needs-you");
  expect(withChoice(chosen, "acme/shop", "tool", "inherit")).toStrictEqual(defaultPreferences);
});

it("one choice leaves the others as they are", () => {
  const chosen = withChoice(withChoice(defaultPreferences, "acme/shop", "tool", "silent"), "acme/shop", "gate", "information");

  expect(chosen.repositories).toStrictEqual({ "acme/shop": { tool: "silent", gate: "information" } });
  expect(withChoice(chosen, "acme/shop", "tool", "inherit").repositories).toStrictEqual({ "acme/shop": { gate: "information" } });
  expect(withChoice(chosen, undefined, "run-failed", "needs-you")).toMatchObject({ topics: { "run-failed": "needs-you" }, repositories: chosen.repositories });
});

it("a repository that is called like something that every object has chooses like any other", () => {
  expect(choiceOf(defaultPreferences, "constructor", "tool")).toBe("inherit");
  expect(choiceOf(withChoice(defaultPreferences, "constructor", "tool", "silent"), "constructor", "tool")).toBe("silent");
});

it("times are minutes of the day, and what is no time is none", () => {
  expect([timeText(0), timeText(22 * 60), timeText(1_439)]).toStrictEqual(["00:00", "22:00", "23:59"]);
  expect(["00:00", "07:30", "23:59"].map(minuteOf)).toStrictEqual([0, 450, 1_439]);
  expect(["", "24:00", "7", "07:60", "noon"].map(minuteOf)).toStrictEqual([undefined, undefined, undefined, undefined, undefined]);
});
