import { useEffect, useState, type ReactElement } from "react";
import { useSpeech, type Say } from "../i18n/language.tsx";

/** How long ago `at` (milliseconds since the epoch) was, growing older on the screen; the exact time is its title. */
export function Age({ at }: { readonly at: number }): ReactElement {
  const { say, language } = useSpeech();
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(at)}>
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

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tick);
    return () => clearInterval(timer);
  }, []);
  return now;
}
