import { Button, Kbd, Textarea } from "@mantine/core";
import { IconAlertTriangle, IconArrowBackUp, IconCircleCheck, type Icon } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { longestVerdictWords, type DocumentVerdict } from "../../../core/domain/document/document-verdict.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { DraftForm } from "./draft-form.tsx";
import type { VerdictActions } from "./use-verdict.ts";
import style from "./verdict.module.css";
import type { VerdictDraft } from "./verdicts.ts";

const shapes: Readonly<Record<DocumentVerdict, Icon>> = { good: IconCircleCheck, changes: IconArrowBackUp };

/** A verdict by its shape and its word, and that it is not sent as it stands. */
export function VerdictMark({ draft: { verdict, state } }: { readonly draft: Pick<VerdictDraft, "verdict" | "state"> }): ReactElement {
  const { say } = useSpeech();
  const Shape = state === "stale" ? IconAlertTriangle : shapes[verdict];
  return (
    <span className={style["mark"]} data-verdict={verdict} data-state={state}>
      <Shape size={13} aria-hidden />
      <span>
        {say(`docs.verdict.${verdict}`)}
        {state === "stale" ? <> · {say("docs.verdict.stale")}</> : undefined}
      </span>
    </span>
  );
}

interface ButtonsProps {
  readonly verdict: VerdictActions;
  /** Asks what needs to change. */
  readonly write: () => void;
}

/** Says of the shown version that it is good as it is, or that it needs changes. */
export function VerdictButtons({ verdict: { present, canSay, toggleGood }, write }: ButtonsProps): ReactElement {
  const { say } = useSpeech();
  const isSaid = (verdict: DocumentVerdict): boolean => present?.verdict === verdict && present.state !== "stale";
  const button = (verdict: DocumentVerdict, key: string, act: () => void): ReactElement => {
    const Shape = shapes[verdict];
    return (
      <Button
        size="compact-xs"
        variant={isSaid(verdict) ? "light" : "default"}
        aria-pressed={isSaid(verdict)}
        disabled={!canSay}
        leftSection={<Shape size={13} aria-hidden />}
        onClick={act}
      >
        {say(`docs.verdict.${verdict}`)} <Kbd size="xs">{key}</Kbd>
      </Button>
    );
  };
  return (
    <div className={style["buttons"]} role="group" aria-label={say("docs.verdict")}>
      {button("good", "g", toggleGood)}
      {button("changes", "n", write)}
    </div>
  );
}

/** The verdict that is kept, with its words, and what is to be known of it. */
export function VerdictLine({ verdict, write }: ButtonsProps): ReactElement | undefined {
  const { say } = useSpeech();
  const { present, canSay, remove, error, isExplained } = verdict;
  if (!present) return error ? <Failure error={error} /> : undefined;
  const { body, state, why } = present;
  return (
    <section className={style["line"]} data-state={state} aria-label={say("docs.verdict")}>
      <div className={style["head"]}>
        <VerdictMark draft={present} />
        {state === "stale" ? undefined : <span className={style["dim"]}>{say(`docs.verdict.${state}`)}</span>}
        <span className={style["space"]} />
        {present.verdict === "changes" ? (
          <Button size="compact-xs" variant="subtle" disabled={!canSay} onClick={write}>
            {say("drafts.edit")}
          </Button>
        ) : undefined}
        <Button size="compact-xs" variant="subtle" disabled={!canSay} onClick={remove}>
          {say("docs.removeVerdict")}
        </Button>
      </div>
      {state === "stale" ? <p>{say(`docs.verdict.why.${why ?? "other-version"}`)}</p> : undefined}
      {body !== undefined ? (
        <p className={style["words"]}>{body}</p>
      ) : present.verdict === "changes" && isExplained ? (
        <p className={style["dim"]}>{say("docs.verdict.byComments")}</p>
      ) : undefined}
      <Failure error={error} />
    </section>
  );
}

/** Asks what needs to change; where comments on its lines say it, the words may be left out. */
export function VerdictForm({ verdict, close }: { readonly verdict: VerdictActions; readonly close: () => void }): ReactElement {
  const { say } = useSpeech();
  const { present, isExplained, canSay, keepChanges, isPending, error } = verdict;
  const [body, setBody] = useState(present?.body ?? "");
  const words = body.trim();
  return (
    <DraftForm
      label={say("docs.verdict.changes")}
      isReady={(words !== "" || isExplained) && canSay}
      isPending={isPending}
      error={error}
      keep={() => keepChanges(words, close)}
      close={close}
    >
      <Textarea
        autoFocus
        autosize
        minRows={2}
        maxRows={8}
        maxLength={longestVerdictWords}
        label={say("docs.verdict.what")}
        description={isExplained ? say("docs.verdict.optional") : undefined}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
    </DraftForm>
  );
}
