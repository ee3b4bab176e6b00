import type { ReactElement } from "react";
import type { z } from "zod";
import type { labelPlan } from "../../../core/contract/shared.ts";
import type { Text } from "../../i18n/en.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { LabelChip, type LabelFate } from "../../ui/label-chip.tsx";
import style from "./board.module.css";

/** What a change takes away, puts on and leaves, label by label. */
export function LabelChange({ plan }: { readonly plan: z.infer<typeof labelPlan> }): ReactElement {
  return (
    <dl className={style["change"]}>
      <Labels text="board.sheet.removed" labels={plan.removed} fate="removed" />
      <Labels text="board.sheet.added" labels={plan.added} fate="added" />
      <Labels text="board.sheet.result" labels={plan.after} fate="kept" />
    </dl>
  );
}

function Labels({ text, labels, fate }: { readonly text: Text; readonly labels: readonly string[]; readonly fate: LabelFate }): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["changeRow"]}>
      <dt>{say(text)}</dt>
      <dd>
        {labels.length === 0 ? <span className={style["quiet"]}>{say("board.sheet.none")}</span> : undefined}
        {labels.map((label) => (
          <LabelChip key={label} fate={fate}>
            <Foreign>{label}</Foreign>
          </LabelChip>
        ))}
      </dd>
    </div>
  );
}
