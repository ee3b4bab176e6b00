import {
  IconAlertTriangleFilled,
  IconBan,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconClockHour4,
  IconEye,
  IconHelpCircleFilled,
  IconLoader,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconReplace,
} from "@tabler/icons-react";
import type { ComponentType, ReactElement } from "react";
import type { RunRow } from "../../../core/contract/runs.ts";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./runs.module.css";

interface Look {
  readonly icon: ComponentType<{ size?: number; "aria-hidden"?: boolean }>;
  readonly tone: "plain" | "live" | "waits" | "good" | "bad";
}

const looks: Readonly<Record<RunRow["phase"], Look>> = {
  queued: { icon: IconCircleDashed, tone: "plain" },
  preparing: { icon: IconLoader, tone: "live" },
  running: { icon: IconPlayerPlayFilled, tone: "live" },
  waiting_mcp: { icon: IconClockHour4, tone: "waits" },
  waiting_input: { icon: IconHelpCircleFilled, tone: "waits" },
  waiting_owner_review: { icon: IconEye, tone: "waits" },
  parked: { icon: IconPlayerPauseFilled, tone: "waits" },
  succeeded: { icon: IconCircleCheckFilled, tone: "good" },
  failed: { icon: IconCircleXFilled, tone: "bad" },
  failed_precondition: { icon: IconAlertTriangleFilled, tone: "bad" },
  cancelled: { icon: IconBan, tone: "plain" },
  superseded: { icon: IconReplace, tone: "plain" },
};

/** The tone of a phase, for what is said about it. */
export function toneOf(phase: RunRow["phase"]): Look["tone"] {
  return looks[phase].tone;
}

/** A phase: a colour, a shape and a word. */
export function Phase({ phase }: { readonly phase: RunRow["phase"] }): ReactElement {
  const { say } = useSpeech();
  const { tone } = looks[phase];
  return (
    <span className={style["phase"]} data-tone={tone}>
      <PhaseShape phase={phase} /> {say(`runs.phase.${phase}`)}
    </span>
  );
}

/** Its shape alone, beside words that say it. */
export function PhaseShape({ phase, size = 12 }: { readonly phase: RunRow["phase"]; readonly size?: number }): ReactElement {
  const { icon: Icon } = looks[phase];
  return <Icon size={size} aria-hidden />;
}
