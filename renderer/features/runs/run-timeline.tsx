import { useMemo, type ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { clock } from "../../ui/age.tsx";
import { timelineSteps, type TimelineEntry, type TimelineStep } from "./timeline.ts";
import style from "./runs.module.css";
import { VirtualList } from "../../ui/virtual-list.tsx";

/** What happened to the run, step by step; choosing a step shows what the agent did at that time. */
export function RunTimeline({ timeline, onChoose }: { readonly timeline: readonly TimelineEntry[]; readonly onChoose: (at: number) => void }): ReactElement {
  const { say } = useSpeech();
  const steps = useMemo(() => timelineSteps(timeline), [timeline]);
  if (steps.length === 0) return <p className={style["quiet"]}>{say("runs.timeline.none")}</p>;
  return (
    <VirtualList
      items={steps}
      keyOf={(step) => step.key}
      estimate={44}
      label={say("runs.pane.timeline")}
      render={(step) => <Step step={step} onChoose={onChoose} />}
    />
  );
}

function Step({ step, onChoose }: { readonly step: TimelineStep; readonly onChoose: (at: number) => void }): ReactElement {
  const { say } = useSpeech();
  const { at, title, facts, count, tone } = step;
  return (
    <button type="button" className={style["step"]} title={say("runs.timeline.goto")} onClick={() => onChoose(at)}>
      <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
      <span>
        <span className={style["stepTitle"]} data-tone={tone}>
          {"text" in title ? say(title.text) : <Foreign>{title.words}</Foreign>}
          {count === 1 ? undefined : `\u00A0×\u00A0${count}`}
        </span>
        {facts === "" ? undefined : (
          <span className={style["facts"]} title={revealHidden(facts)}>
            <Foreign>{facts}</Foreign>
          </span>
        )}
      </span>
    </button>
  );
}
