import type { RepositoryName } from "../kernel/values.ts";
import { quietFor, urgencyOf, type NotificationPreferences, type Topic, type Urgency } from "./preferences.ts";

/** Something that an owner may want to be told of. */
export interface Happening {
  /** The request or run that it is about; told once for each topic. */
  readonly id: string;
  readonly topic: Topic;
  readonly repository: RepositoryName;
  /** One plain sentence, never an agent's words alone, and never a secret. */
  readonly summary: string;
  /** Where the window shows it. */
  readonly place: string;
}

/** One notification: the first of `count` things. `catching-up`: they came while it was quiet. */
export interface Announcement {
  readonly urgency: Exclude<Urgency, "silent">;
  readonly topic: Topic | "catching-up";
  readonly count: number;
  readonly summary: string;
  readonly place: string;
}

/** What came while it was quiet, in its order. */
export type Kept = readonly (Happening & { readonly urgency: Exclude<Urgency, "silent"> })[];

/** More than this is not remembered over quiet hours: a night's notification says how many, and the inbox says which. */
export const mostKept = 1_000;

/**
 * What is said now of what has happened, and what is kept until it is not quiet any more. However much comes at once, there is one notification for what needs the owner and one for
 * what only informs; what has come over quiet hours is one, too.
 *
 * @param minute of the day, on the owner's clock.
 */
export function announce(
  preferences: NotificationPreferences,
  { kept, happenings, minute }: { readonly kept: Kept; readonly happenings: readonly Happening[]; readonly minute: number },
): { readonly say: readonly Announcement[]; readonly kept: Kept } {
  const loud = happenings.flatMap((happening) => {
    const urgency = urgencyOf(preferences, happening.topic, happening.repository);
    return urgency === "silent" ? [] : [{ ...happening, urgency }];
  });
  if (quietFor(preferences, minute) > 0) return { say: [], kept: [...kept, ...loud].slice(0, mostKept) };
  const groups = [
    together(kept, "catching-up"),
    ...(["needs-you", "information"] as const).map((urgency) => together(loud.filter((happening) => happening.urgency === urgency))),
  ];
  return { say: groups.flatMap((group) => group ?? []), kept: [] };
}

function together(happenings: Kept, topic?: Announcement["topic"]): Announcement | undefined {
  const first = happenings.find(({ urgency }) => urgency === "needs-you") ?? happenings[0];
  if (first === undefined) return undefined;
  return { urgency: first.urgency, topic: topic ?? first.topic, count: happenings.length, summary: first.summary, place: first.place };
}

/** Without what has been settled meanwhile: nobody wants to be told in the morning of what was decided at night. */
export function withoutSettled(kept: Kept, isSettled: (happening: Happening) => boolean): Kept {
  return kept.filter((happening) => !isSettled(happening));
}
