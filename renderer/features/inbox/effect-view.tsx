import type { ReactElement } from "react";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign, ForeignBlock } from "../../ui/foreign-text.tsx";
import { LabelChip } from "../../ui/label-chip.tsx";
import style from "./inbox.module.css";

type Effect = InboxCard["effect"];

/** What exactly approving would change, never only in prose. */
export function EffectView({ effect, issue }: { readonly effect: Effect; readonly issue: number }): ReactElement {
  const { say } = useSpeech();
  switch (effect.type) {
    case "labels":
      return <Labels plan={effect} number={effect.target.number} />;
    case "text":
      return (
        <>
          <p className={style["small"]}>{say("inbox.comment", { kind: say(`inbox.target.${effect.target.kind}`), number: effect.target.number })}</p>
          <ForeignBlock>{effect.text}</ForeignBlock>
        </>
      );
    case "pull":
      return (
        <>
          <p className={style["small"]}>
            <Foreign>{say("inbox.pullRequest", { head: effect.head, base: effect.base })}</Foreign>
          </p>
          <ForeignBlock>{`${effect.title}\n\n${effect.body}`}</ForeignBlock>
        </>
      );
    case "question":
      return <Question effect={effect} />;
    case "gate":
      return <GateEffect effect={effect} issue={issue} />;
    case "other":
      return <ForeignBlock>{effect.description}</ForeignBlock>;
  }
}

function Question({ effect }: { readonly effect: Extract<Effect, { type: "question" }> }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <p className={style["quote"]}>
        <Foreign>{effect.question}</Foreign>
      </p>
      {effect.options.length === 0 ? undefined : (
        <>
          <p className={style["small"]} style={{ marginTop: 16 }}>
            {say("inbox.options")}
          </p>
          <ol className={style["options"]}>
            {effect.options.map((option) => (
              <li key={option}>
                <Foreign>{option}</Foreign>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function GateEffect({ effect, issue }: { readonly effect: Extract<Effect, { type: "gate" }>; readonly issue: number }): ReactElement {
  const { say } = useSpeech();
  const { artifacts, files, labels, pull, pullState } = effect;
  return (
    <>
      <Labels plan={labels} number={issue} />
      <p className={style["line"]}>
        {effect.merges && pull !== undefined ? say("inbox.merges", { pull, head: effect.head?.slice(0, 10) ?? "" }) : say("inbox.accepts")}
        {pullState === undefined ? "" : ` ${say(`inbox.byHand.${pullState}`)}`}
      </p>
      {artifacts.required.length === 0 ? undefined : (
        <>
          <h3 className={style["small"]} style={{ marginTop: 16 }}>
            {say("inbox.artifacts")}
          </h3>
          <div className={style["chips"]}>
            {artifacts.required.map((type) => (
              <Artifact key={type} type={type} isMissing={artifacts.missing.includes(type)} />
            ))}
          </div>
        </>
      )}
      {files.length === 0 ? undefined : (
        <>
          <h3 className={style["small"]} style={{ marginTop: 16 }}>
            {say("inbox.files")} · {files.length}
          </h3>
          <ul className={style["files"]}>
            {files.map((file) => (
              <li key={file}>
                <Foreign>{file}</Foreign>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Artifact({ type, isMissing }: { readonly type: string; readonly isMissing: boolean }): ReactElement {
  const { say } = useSpeech();
  return (
    <LabelChip fate={isMissing ? "removed" : "added"} sign={isMissing ? "✗" : "✓"}>
      {type} {say(isMissing ? "inbox.missing" : "inbox.present")}
    </LabelChip>
  );
}

interface Plan {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
}

function Labels({ plan, number }: { readonly plan: Plan; readonly number: number }): ReactElement {
  const { say } = useSpeech();
  if (plan.removed.length + plan.added.length === 0) return <p className={style["line"]}>{say("inbox.unchanged")}</p>;
  const columns = [
    { title: say("inbox.removed"), labels: plan.removed, fate: "removed" },
    { title: say("inbox.added"), labels: plan.added, fate: "added" },
    { title: say("inbox.after", { number }), labels: plan.after, fate: "kept" },
  ] as const;
  return (
    <div className={style["labels"]}>
      {columns.map(({ title, labels, fate }) => (
        <div key={fate}>
          <h3>{title}</h3>
          <div className={style["chips"]}>
            {labels.map((label) => (
              <LabelChip key={label} fate={fate}>
                <Foreign>{label}</Foreign>
              </LabelChip>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
