import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { timeOfDay } from "./time-of-day.ts";
import { timelineStep, type TimelineEntry } from "./timeline.ts";
import style from "./runs.module.css";
import { VirtualList } from "./virtual-list.tsx";

/** What happened to the run, step by step; choosing a step shows what the agent did at that time. */
export function RunTimeline({ timeline, onChoose }: { readonly timeline: readonly TimelineEntry[]; readonly onChoose: (at: number) => void }): ReactElement {
  const { say } = useSpeech();
  if (timeline.length === 0) return <p className={style["quiet"]}>{say("runs.timeline.none")}</p>;
  return (
    <VirtualList
      items={timeline}
      keyOf={(entry) => String(entry.sequence)}
      estimate={44}
      label={say("runs.pane.timeline")}
      render={(entry) => <Step entry={entry} onChoose={onChoose} />}
    />
  );
}

function Step({ entry, onChoose }: { readonly entry: TimelineEntry; readonly onChoose: (at: number) => void }): ReactElement {
  const { say } = useSpeech();
  const { title, facts, tone } = timelineStep(entry);
  return (
    <button type="button" className={style["step"]} title={say("runs.timeline.goto")} onClick={() => onChoose(entry.at)}>
      <time dateTime={new Date(entry.at).toISOString()}>{timeOfDay(entry.at)}</time>
      <span>
        <span className={style["stepTitle"]} data-tone={tone}>
          {"text" in title ? say(title.text) : <Foreign>{title.words}</Foreign>}
        </span>
        {facts === "" ? undefined : (
          <span className={style["facts"]}>
            <Foreign>{facts}</Foreign>
          </span>
        )}
      </span>
    </button>
  );
}
