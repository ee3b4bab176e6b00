import { call } from "@orpc/server";
import { expect, it } from "vitest";
import { defaultPreferences } from "../../../domain/notification/preferences.ts";
import { createNotificationsInMemory } from "../../../testing/notifications-in-memory.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notificationsProcedures } from "./notifications.ts";

const procedures = () => notificationsProcedures({ notifications: createNotificationsInMemory() } as HostDependencies);
const chosen = { topics: { ...defaultPreferences.topics, gate: "silent" as const }, repositories: {}, quiet: { from: 1_320, to: 420 } };

it("tells every window what counts, at once and after each change", async () => {
  const notifications = procedures();
  const leave = new AbortController();
  const watching = await call(notifications.watch, undefined, { signal: leave.signal });
  expect((await watching.next()).value).toStrictEqual({ preferences: { topics: defaultPreferences.topics, repositories: {} } });

  await call(notifications.set, chosen);
  expect((await watching.next()).value).toStrictEqual({ preferences: chosen });
  leave.abort();
  expect((await watching.next()).done).toBe(true);
});

it.each([
  { ...chosen, topics: { ...chosen.topics, gate: "loud" } },
  { ...chosen, topics: { gate: "silent" } },
  { ...chosen, quiet: { from: 5, to: 5 } },
  { ...chosen, quiet: { from: 0, to: 1_440 } },
  { ...chosen, repositories: { "no repository": { gate: "silent" } } },
  { ...chosen, more: true },
])("refuses %j, and what was chosen stays", async (wrong) => {
  const notifications = procedures();
  await call(notifications.set, chosen);

  await expect(call(notifications.set, wrong as never)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect((await (await call(notifications.watch, undefined)).next()).value).toStrictEqual({ preferences: chosen });
});
