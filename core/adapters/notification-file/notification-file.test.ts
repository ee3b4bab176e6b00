import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { defaultPreferences, topics, urgencies, type NotificationPreferences } from "../../domain/notification/preferences.ts";
import { createNotificationFile } from "./notification-file.ts";

const choices = z.partialRecord(z.enum(topics), z.enum(urgencies));
const schema = z.strictObject({
  topics: z.record(z.enum(topics), z.enum(urgencies)),
  repositories: z.record(z.string(), choices),
  quiet: z
    .strictObject({ from: z.int(), to: z.int() })
    .refine(({ from, to }) => from !== to)
    .optional(),
});
let directory: string;
let path: string;
const opened = () => createNotificationFile(path, schema);
const chosen: NotificationPreferences = { ...defaultPreferences, repositories: { "acme/shop": { tool: "silent" } }, quiet: { from: 1_320, to: 420 } };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "signalbox-notifications-"));
  path = join(directory, "notifications.json");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it("has the defaults before anybody has chosen, and afterwards what was chosen, also for the next process", async () => {
  expect(await opened().read()).toStrictEqual({ preferences: defaultPreferences });
  await opened().write(chosen);

  expect(await opened().read()).toStrictEqual({ preferences: chosen });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it.each(["", "{", "[]", '{"topics":{"tool":"loud"}}', JSON.stringify({ ...chosen, quiet: { from: 5, to: 5 } })])(
  "says that it cannot read %j, has the defaults meanwhile, and leaves the file to be looked at",
  async (text) => {
    await writeFile(path, text);

    expect(await opened().read()).toStrictEqual({ preferences: defaultPreferences, problem: `${path} does not hold what was chosen.` });
    expect(await readFile(path, "utf8")).toBe(text);
  },
);

it("tells listeners of changes until they leave, and of none that failed", async () => {
  const file = opened();
  let heard = 0;
  const stop = file.onChange(() => (heard += 1));
  await file.write(chosen);
  expect(heard).toBe(1);
  await rm(directory, { recursive: true });
  await expect(file.write(defaultPreferences)).rejects.toMatchObject({ code: "unwritable" });
  expect(heard).toBe(1);

  stop();
  await mkdir(directory);
  await file.write(defaultPreferences);
  expect(heard).toBe(1);
});

it("keeps the last of several choices made at once", async () => {
  const file = opened();
  await Promise.all([1, 2, 3].map((from) => file.write({ ...chosen, quiet: { from, to: 420 } })));

  expect((await opened().read()).preferences.quiet).toStrictEqual({ from: 3, to: 420 });
});
