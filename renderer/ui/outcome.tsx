import { IconCircleCheckFilled, IconCircleXFilled, IconHelpCircleFilled } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Outcome as RuleOutcome } from "../../core/contract/rules.ts";
import { useSpeech } from "../i18n/language.tsx";
import style from "./outcome.module.css";

const looks = {
  auto: { icon: IconCircleCheckFilled, colour: "var(--ok)" },
  ask: { icon: IconHelpCircleFilled, colour: "var(--warn)" },
  deny: { icon: IconCircleXFilled, colour: "var(--bad)" },
} as const;

/** What a rule makes of a call: a shape, a colour and a word. */
export function Outcome({ outcome }: { readonly outcome: RuleOutcome }): ReactElement {
  const { say } = useSpeech();
  return (
    <span className={style["outcome"]}>
      <OutcomeShape outcome={outcome} /> {say(`matrix.outcome.${outcome}`)}
    </span>
  );
}

/** Only the shape, where the word stands beside it. */
export function OutcomeShape({ outcome }: { readonly outcome: RuleOutcome }): ReactElement {
  const { icon: Icon, colour } = looks[outcome];
  return <Icon size={14} color={colour} aria-hidden />;
}
