import type { RepositoryName } from "../kernel/values.ts";

/** The kinds of request: what waits until the owner has decided. */
export const requestTopics = ["tool", "question", "gate", "document"] as const;
/** What an owner may want to be told of: requests, and what becomes of runs. */
export const topics = [...requestTopics, "run-failed", "run-succeeded", "run-stalled", "budget-spent"] as const;
export type Topic = (typeof topics)[number];

/** How loudly: with a sound, without one, or not at all. What is silent is still in the inbox and in its count. */
export const urgencies = ["needs-you", "information", "silent"] as const;
export type Urgency = (typeof urgencies)[number];

/** Minutes after midnight on the owner's clock, from `from` up to `to`; over midnight where `to` is the smaller one. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

export interface NotificationPreferences {
  readonly topics: Readonly<Record<Topic, Urgency>>;
  /** What is otherwise in one repository. */
  readonly repositories: Readonly<Record<string, Readonly<Partial<Record<Topic, Urgency>>>>>;
  readonly quiet?: QuietHours | undefined;
}

/** Before anybody has chosen: what waits for the owner rings, what went wrong is shown, what went well is not. */
export const defaultPreferences: NotificationPreferences = {
  topics: {
    tool: "needs-you",
    question: "needs-you",
    gate: "needs-you",
    document: "needs-you",
    "run-failed": "information",
    "run-succeeded": "silent",
    "run-stalled": "information",
    "budget-spent": "information",
  },
  repositories: {},
};

export function urgencyOf({ topics: general, repositories }: NotificationPreferences, topic: Topic, repository: RepositoryName): Urgency {
  return (Object.hasOwn(repositories, repository) ? repositories[repository]?.[topic] : undefined) ?? general[topic];
}

export const minutesOfDay = 24 * 60;

/** How many minutes quiet still lasts at a minute of the day; 0 when nothing is quiet. */
export function quietFor({ quiet }: NotificationPreferences, minute: number): number {
  if (quiet === undefined || quiet.from === quiet.to) return 0;
  const length = (quiet.to - quiet.from + minutesOfDay) % minutesOfDay;
  const since = (minute - quiet.from + minutesOfDay) % minutesOfDay;
  return since < length ? length - since : 0;
}
