import { Button, Kbd, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconAlertTriangle, IconArrowUpRight, IconCircleCheck, IconCircleDashed, IconSend } from "@tabler/icons-react";
import { useState, type ReactElement, type RefObject } from "react";
import type { DraftRow } from "../../../core/contract/drafts.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { changeText, draftTitle, draftWords, wordsToEdit } from "./draft-text.ts";
import style from "./drafts.module.css";

interface DraftItemProps {
  readonly draft: DraftRow;
  readonly canSend: boolean;
  /** Given to the one that the keys are about. */
  readonly place: RefObject<HTMLLIElement | null> | undefined;
  readonly send: () => void;
  readonly discard: () => void;
  readonly open: () => void;
  readonly isEditing: boolean;
  /** Begins or ends to change a comment's words. */
  readonly edit: (isEditing: boolean) => void;
}

const shapes: Readonly<Record<DraftRow["state"]["phase"], typeof IconSend>> = {
  draft: IconCircleDashed,
  valid: IconCircleCheck,
  stale: IconAlertTriangle,
  sending: IconSend,
  sent: IconSend,
  refused: IconAlertTriangle,
  discarded: IconCircleDashed,
};

/** One draft: what it would do, how it stands, and what has changed where it does not fit any more. */
export function DraftItem({ draft, canSend, place, send, discard, open, isEditing, edit }: DraftItemProps): ReactElement {
  const { say } = useSpeech();
  const { state, intent, repository, issue } = draft;
  const Shape = shapes[state.phase];
  const words = draftWords(draft);
  const editable = wordsToEdit(draft);
  const isSelected = place !== undefined;
  return (
    <li ref={place} className={style["item"]} data-phase={state.phase} data-selected={isSelected} aria-current={isSelected ? "true" : undefined}>
      <Shape size={16} aria-hidden />
      <div className={style["text"]}>
        <h2>
          <Foreign>{draftTitle(draft, say)}</Foreign>
        </h2>
        {isEditing && editable !== undefined ? (
          <Reword draft={draft} body={editable} done={() => edit(false)} />
        ) : intent.type === "verdict" && editable === "" ? (
          <p className={style["dim"]}>{say("docs.verdict.byComments")}</p>
        ) : words === undefined ? undefined : (
          <p className={style["words"]}>{words}</p>
        )}
        <Change draft={draft} />
        <p className={style["dim"]}>
          {say(`drafts.kind.${intent.type}`)} · {say(`drafts.phase.${state.phase}`)} · {repository}
          {issue === undefined ? "" : `#${issue}`} · {say("drafts.writtenAt")} <Age at={draft.writtenAt} />
        </p>
      </div>
      <div className={style["actions"]}>
        <Button size="compact-xs" variant="default" disabled={!canSend || state.phase !== "valid"} onClick={send}>
          {say("drafts.send")} {isSelected ? <Kbd size="xs">s</Kbd> : undefined}
        </Button>
        {editable !== undefined ? (
          <Button size="compact-xs" variant="subtle" disabled={state.phase === "sending"} onClick={() => edit(!isEditing)}>
            {say("drafts.edit")} {isSelected ? <Kbd size="xs">e</Kbd> : undefined}
          </Button>
        ) : undefined}
        <Button size="compact-xs" variant="subtle" disabled={state.phase === "sending"} onClick={discard}>
          {say("drafts.discard")} {isSelected ? <Kbd size="xs">x</Kbd> : undefined}
        </Button>
        <Button size="compact-xs" variant="subtle" leftSection={<IconArrowUpRight size={13} aria-hidden />} onClick={open}>
          {say("drafts.open")}
        </Button>
      </div>
    </li>
  );
}

function Change({ draft: { state } }: { readonly draft: DraftRow }): ReactElement | undefined {
  const { say, language } = useSpeech();
  if (state.phase !== "stale") return undefined;
  const { change } = state;
  return (
    <>
      <p>
        <Foreign>{changeText(change, say, language)}</Foreign>
      </p>
      {change.type === "line-changed" ? (
        <dl className={style["lines"]}>
          <dt>{say("drafts.was")}</dt>
          <dd data-kind="was">
            <Foreign>{change.was}</Foreign>
          </dd>
          <dt>{say("drafts.now")}</dt>
          <dd data-kind="now">{change.now === undefined ? say("drafts.removed") : <Foreign>{change.now}</Foreign>}</dd>
        </dl>
      ) : undefined}
    </>
  );
}

function Reword({ draft: { id, intent }, body, done }: { readonly draft: DraftRow; readonly body: string; readonly done: () => void }): ReactElement {
  const { say } = useSpeech();
  const [text, setText] = useState(body);
  const reword = useMutation({ ...useHostQueries().drafts.reword.mutationOptions(), onSuccess: done });
  const given = text.trim();
  return (
    <>
      <Textarea
        autoFocus
        autosize
        minRows={2}
        maxRows={8}
        aria-label={say(`drafts.kind.${intent.type}`)}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") done();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && given !== "") reword.mutate({ id, body: given });
        }}
      />
      <p className={style["dim"]}>{say("drafts.editKeys")}</p>
      <Failure error={reword.error} />
    </>
  );
}
