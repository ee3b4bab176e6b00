import { minutesOfDay, type NotificationPreferences, type Topic, type Urgency } from "../../../core/domain/notification/preferences.ts";

/** What holds in a repository: its own choice, or `inherit`. Without a repository: everywhere. */
export function choiceOf(preferences: NotificationPreferences, repository: string | undefined, topic: Topic): Urgency | "inherit" {
  if (repository === undefined) return preferences.topics[topic];
  return (Object.hasOwn(preferences.repositories, repository) ? preferences.repositories[repository]?.[topic] : undefined) ?? "inherit";
}

/** The preferences with one choice made; a repository that chooses nothing of its own is not named any more. */
export function withChoice(
  preferences: NotificationPreferences,
  repository: string | undefined,
  topic: Topic,
  choice: Urgency | "inherit",
): NotificationPreferences {
  if (repository === undefined) return choice === "inherit" ? preferences : { ...preferences, topics: { ...preferences.topics, [topic]: choice } };
  const { [topic]: _, ...others } = Object.hasOwn(preferences.repositories, repository) ? (preferences.repositories[repository] ?? {}) : {};
  const own = choice === "inherit" ? others : { ...others, [topic]: choice };
  const { [repository]: __, ...elsewhere } = preferences.repositories;
  return { ...preferences, repositories: Object.keys(own).length === 0 ? elsewhere : { ...elsewhere, [repository]: own } };
}

/** A minute of the day as a field for times shows it. */
export function timeText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** The minute of the day that a field for times holds; undefined while it holds none. */
export function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = (/^(\d{1,2}):(\d{2})$/u.exec(text) ?? []).map(Number);
  if (hours === undefined || minutes === undefined || minutes > 59) return undefined;
  const minute = hours * 60 + minutes;
  return minute < minutesOfDay ? minute : undefined;
}
