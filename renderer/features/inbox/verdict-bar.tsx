import { Anchor, Button, Kbd, Switch, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { conflictOf } from "../../host-client/conflict.ts";
import { useDatabaseAway } from "../../host-client/database-away.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import type { Text } from "../../i18n/en.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { clock } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { EditForm } from "./edit-form.tsx";
import { useGrace } from "./grace.ts";
import { SendingBar } from "./sending-bar.tsx";
import style from "./inbox.module.css";
import type { UnsentEdit } from "./unsent-edits.ts";

type Verdict = NonNullable<InboxCard["decision"]>["verdict"];
type Choice = InboxCard["verdicts"][number];

const keyOf: Readonly<Record<Choice, string>> = { approve: "a", deny: "d", answer: "w", request_changes: "r", ask: "q", abort: "x" };

interface VerdictBarProps {
  readonly card: InboxCard;
  readonly unsent: UnsentEdit;
  /** All of the effect has been on the screen. */
  readonly wasRead: boolean;
  readonly afterwards: () => void;
}

/**
 * What can be answered. A verdict that needs words asks for them; each waits five seconds before it is signed and sent. While the database is away, or when the owner wants to think it over, it is
 * kept as a draft on this machine instead, unsigned.
 */
export function VerdictBar({ card, unsent, wasRead, afterwards }: VerdictBarProps): ReactElement {
  const { say } = useSpeech();
  const [writing, setWriting] = useState<Exclude<Choice, "approve">>();
  const [isEditing, setEditing] = useState(false);
  const draft = useDrafting(card, afterwards);
  const sent = useSending(card, afterwards);
  const { sending, takeBack } = sent;
  const error = draft.error ?? sent.error;
  const send = draft.isMeant ? draft.keep : sent.send;
  const choose = (choice: Choice): void => {
    if (sending) return;
    if (choice !== "approve") setWriting(choice);
    else if (wasRead) send({ type: "approve" });
  };
  useScreenKeys([
    ...card.verdicts.map((choice) => ({ key: keyOf[choice], what: say(`inbox.${choice}`), act: () => choose(choice) })),
    { key: "z", what: say("inbox.key.undo"), act: takeBack },
    { key: "t", what: say("inbox.asDraft"), act: draft.toggle },
    ...(card.editable === undefined ? [] : [{ key: "e", what: say("inbox.edit"), act: () => sending === undefined && setEditing(true) }]),
  ]);
  if (sending) return <SendingBar verdict={say(`inbox.${sending.word.type}`)} left={sending.left} takeBack={takeBack} />;
  if (writing)
    return (
      <Words
        choice={writing}
        card={card}
        asDraft={draft.isMeant}
        cancel={() => setWriting(undefined)}
        send={(verdict) => {
          setWriting(undefined);
          send(verdict);
        }}
      />
    );
  if (isEditing && card.editable !== undefined) return <EditForm card={card} editable={card.editable} unsent={unsent} close={() => setEditing(false)} />;
  return (
    <div className={style["bar"]}>
      {error ? <Refusal error={error} /> : undefined}
      {card.verdicts.map((choice) => (
        <Button
          key={choice}
          size="xs"
          variant={choice === "approve" ? "filled" : "default"}
          disabled={choice === "approve" && !wasRead}
          onClick={() => choose(choice)}
        >
          {say(choice === "approve" && card.kind === "question" ? "inbox.take" : `inbox.${choice}`)} <Kbd size="xs">{keyOf[choice]}</Kbd>
        </Button>
      ))}
      {card.editable === undefined ? undefined : (
        <Button size="xs" variant="default" onClick={() => setEditing(true)}>
          {say(unsent.text === undefined ? "inbox.edit" : "inbox.edit.goOn")} <Kbd size="xs">e</Kbd>
        </Button>
      )}
      {card.kind === "gate" ? (
        <Button size="xs" variant="subtle" disabled={!wasRead} onClick={() => send({ type: "approve", proceed: false })}>
          {say("inbox.approveStay")}
        </Button>
      ) : undefined}
      <DraftSwitch draft={draft} />
      <span className={style["digest"]}>{wasRead ? say("inbox.digest", { digest: short(card.digest) }) : say("inbox.readFirst")}</span>
    </div>
  );
}

function short(digest: string): string {
  return `${digest.slice(0, 4)}…${digest.slice(-4)}`;
}

/** Counts down, then signs what was shown: its digest and its target's version go along, so that whatever has changed meanwhile is refused. */
function useSending({ id, digest, targetVersion }: InboxCard, afterwards: () => void) {
  const queries = useHostQueries();
  const cache = useQueryClient();
  const decide = useMutation({
    ...queries.inbox.decide.mutationOptions(),
    onSuccess: afterwards,
    onSettled: () => cache.invalidateQueries({ queryKey: queries.inbox.get.queryKey({ input: { id } }) }),
  });
  const { held, hold, takeBack } = useGrace<Verdict>((verdict) => decide.mutate({ id, verdict, surface: "desktop", digest, targetVersion }));
  return { sending: held, error: decide.error as unknown, send: hold, takeBack };
}

/** Whether what is said is kept as a draft, and which one is kept already. */
function useDrafting({ id, digest, targetVersion }: InboxCard, afterwards: () => void) {
  const queries = useHostQueries();
  const isForced = useDatabaseAway() !== undefined;
  const [isWanted, setWanted] = useState(false);
  const drafts = useQuery(queries.drafts.watch.experimental_liveOptions());
  const keep = useMutation({ ...queries.drafts.decide.mutationOptions(), onSuccess: afterwards });
  const open = drafts.data?.drafts.find(({ intent, state }) => intent.type === "decision" && intent.requestId === id && !closedPhases.includes(state.phase));
  return {
    isMeant: isForced || isWanted,
    isForced,
    toggle: () => setWanted(!isWanted),
    keep: (verdict: Verdict) => keep.mutate({ id, verdict, digest, targetVersion }),
    error: keep.error as unknown,
    present: open?.intent.type === "decision" ? open.intent.verdict.type : undefined,
  };
}

/** Whether what is said next is only drafted; and what is drafted already. */
function DraftSwitch({ draft }: { readonly draft: ReturnType<typeof useDrafting> }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <Switch
        size="xs"
        checked={draft.isMeant}
        disabled={draft.isForced}
        onChange={draft.toggle}
        label={
          <>
            {say("inbox.asDraft")} <Kbd size="xs">t</Kbd>
          </>
        }
      />
      {draft.present === undefined ? undefined : (
        <span role="status">
          {say("inbox.drafted", { verdict: say(`inbox.${draft.present}`) })}{" "}
          <Anchor component={Link} to="/drafts" inherit underline="always">
            {say("drafts.show")}
          </Anchor>
        </span>
      )}
    </>
  );
}

const closedPhases: readonly string[] = ["sent", "refused", "discarded"];

const prompts: Readonly<Record<Exclude<Choice, "approve">, Text>> = {
  deny: "inbox.say.deny",
  answer: "inbox.say.answer",
  request_changes: "inbox.say.request_changes",
  ask: "inbox.say.ask",
  abort: "inbox.say.abort",
};

interface WordsProps {
  readonly choice: Exclude<Choice, "approve">;
  readonly card: InboxCard;
  readonly asDraft: boolean;
  readonly cancel: () => void;
  readonly send: (verdict: Verdict) => void;
}

function Words({ choice, card, asDraft, cancel, send }: WordsProps): ReactElement {
  const { say } = useSpeech();
  const [text, setText] = useState("");
  const options = choice === "answer" && card.effect.type === "question" ? card.effect.options : [];
  const submit = (): void => {
    if (text.trim() !== "") send(verdictOf(choice, text.trim()));
  };
  return (
    <div className={style["bar"]}>
      <div className={style["form"]}>
        {options.map((option, index) => (
          <Button key={option} size="xs" variant="default" justify="flex-start" onClick={() => send({ type: "answer", text: option, option: index })}>
            <Foreign>{`${index + 1}. ${option}`}</Foreign>
          </Button>
        ))}
        <Textarea
          data-autofocus
          autoFocus
          autosize
          minRows={2}
          maxRows={8}
          label={say(prompts[choice])}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") cancel();
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        />
        <div className={style["actions"]}>
          <Button size="xs" disabled={text.trim() === ""} onClick={submit}>
            {say(asDraft ? "inbox.keepDraft" : "inbox.send")} <Kbd size="xs">Ctrl Enter</Kbd>
          </Button>
          <Button size="xs" variant="default" onClick={cancel}>
            {say("inbox.cancel")} <Kbd size="xs">Esc</Kbd>
          </Button>
        </div>
      </div>
    </div>
  );
}

function verdictOf(choice: Exclude<Choice, "approve">, text: string): Verdict {
  switch (choice) {
    case "answer":
      return { type: "answer", text };
    case "request_changes":
      return { type: "request_changes", comment: text };
    case "ask":
      return { type: "ask", question: text };
    case "deny":
    case "abort":
      return { type: choice, reason: text };
  }
}

/** Somebody was first, or the target moved: said in place of the verdict; anything else as it is. */
function Refusal({ error }: { readonly error: unknown }): ReactElement {
  const { say } = useSpeech();
  const conflict = conflictOf(error);
  if (!conflict) return <Failure error={error} />;
  if (conflict.by === undefined) return <span role="alert">{say("inbox.conflict")}</span>;
  const { by, surface = "", at = 0 } = conflict;
  return <span role="alert">{say("inbox.already", { by, surface, when: clock(at) })}</span>;
}
