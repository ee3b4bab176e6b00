import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { minutesOfDay, topics, urgencies } from "../domain/notification/preferences.ts";
import { commonErrors, repositoryName } from "./shared.ts";

const urgency = z.enum(urgencies);
const minuteOfDay = z
  .int()
  .min(0)
  .max(minutesOfDay - 1);

/** What this machine's owner is told of, and how loudly. */
export const notificationPreferences = z.strictObject({
  topics: z.record(z.enum(topics), urgency),
  /** What is otherwise in one repository. */
  repositories: z.record(repositoryName, z.partialRecord(z.enum(topics), urgency)).refine((all) => Object.keys(all).length <= 500, "at most 500 repositories"),
  /** Minutes after midnight on this machine's clock. */
  quiet: z
    .strictObject({ from: minuteOfDay, to: minuteOfDay })
    .refine(({ from, to }) => from !== to, "quiet hours end at another time than they begin")
    .optional(),
});

/** The preferences, and why they are not those that were chosen, where the file with them could not be read. */
export const notificationSettings = z.object({ preferences: notificationPreferences, problem: z.string().optional() });
export type NotificationSettings = z.infer<typeof notificationSettings>;

export const notificationsContract = {
  watch: oc.errors(commonErrors).output(eventIterator(notificationSettings)),
  /** Sets all of it at once. */
  set: oc.errors(commonErrors).input(notificationPreferences).output(notificationSettings),
};
