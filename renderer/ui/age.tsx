import { useSyncExternalStore, type ReactElement } from "react";
import type { Language } from "../../core/contract/shell.ts";
import { useSpeech, type Say } from "../i18n/language.tsx";

const exactFormat = (language: Language): Intl.DateTimeFormat => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });

/** Made once: formatters are costly, and a list needs one for every row that is drawn. */
const exactFormats: Readonly<Record<Language, Intl.DateTimeFormat>> = { en: exactFormat("en"), ru: exactFormat("ru") };

/** How long ago `at` (milliseconds since the epoch) was, growing older on the screen; the exact time is its title. */
export function Age({ at }: { readonly at: number }): ReactElement {
  const { say, language } = useSpeech();
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactFormats[language].format(at)}>
      {duration(now - at, say)}
    </time>
  );
}

/** A length of time in one unit: minutes below an hour, hours below two days. */
export function duration(milliseconds: number, say: Say): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return say("time.now");
  if (minutes < 60) return say("time.minutes", { n: minutes });
  return minutes < 48 * 60 ? say("time.hours", { n: Math.floor(minutes / 60) }) : say("time.days", { n: Math.floor(minutes / 1_440) });
}

/** Made once: formatters are costly, and a log needs one for every line that is drawn. */
const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** Hours, minutes and seconds in eight columns, whatever the language: lists are read in columns. */
export function clock(at: number): string {
  return clockFormat.format(at);
}

const tick = 20_000;

const watchers = new Set<() => void>();
let shownNow = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all ages: each with its own would wake the page as often as there are rows. */
function watchNow(changed: () => void): () => void {
  watchers.add(changed);
  if (timer === undefined) {
    shownNow = Date.now();
    timer = setInterval(() => {
      shownNow = Date.now();
      for (const watcher of watchers) watcher();
    }, tick);
  }
  return () => {
    watchers.delete(changed);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now, as it is on the screen: it goes on by steps of a few seconds. */
export function useNow(): number {
  return useSyncExternalStore(watchNow, () => shownNow);
}
