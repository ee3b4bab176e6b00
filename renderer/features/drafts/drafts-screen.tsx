import { Button, Kbd } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactElement } from "react";
import type { DraftRow } from "../../../core/contract/drafts.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import { DraftItem } from "./draft-item.tsx";
import { draftTitle, requestToOpen, splitDrafts } from "./draft-text.ts";
import style from "./drafts.module.css";

/** Closed drafts that are still told of. */
const mostClosed = 20;

/** What the owner has prepared on this machine: compared with how things are, and sent one by one, or all that fit. */
export function DraftsScreen(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const drafts = useQuery(queries.drafts.watch.experimental_liveOptions());
  if (drafts.data === undefined) return <Pending reason={drafts.failureReason} />;
  const { open, closed } = splitDrafts(drafts.data.drafts);
  return (
    <div className={style["screen"]}>
      <OpenDrafts drafts={open} canSend={drafts.data.canSend}>
        {closed.length === 0 ? undefined : (
          <section className={style["closed"]}>
            <h2>{say("drafts.closed")}</h2>
            <ul>
              {closed.slice(0, mostClosed).map((draft) => (
                <li key={draft.id}>
                  {say(`drafts.phase.${draft.state.phase}`)} · <Foreign>{draftTitle(draft, say)}</Foreign>
                </li>
              ))}
            </ul>
          </section>
        )}
      </OpenDrafts>
    </div>
  );
}

interface OpenDraftsProps {
  readonly drafts: readonly DraftRow[];
  readonly canSend: boolean;
  /** What became of the others. */
  readonly children: ReactElement | undefined;
}

function OpenDrafts({ drafts, canSend, children }: OpenDraftsProps): ReactElement {
  const { say } = useSpeech();
  const { send, sendAll, discard, open, error, outcome } = useDraftActions();
  const { selected, move, place } = useSelection(drafts);
  const [editing, setEditing] = useState<string>();
  const fitting = drafts.filter(({ state }) => state.phase === "valid").length;
  const all = (): void => {
    if (canSend && fitting > 0 && !sendAll.isPending) sendAll.mutate(undefined);
  };
  useScreenKeys([
    { key: "j", what: say("drafts.key.next"), act: () => move(1) },
    { key: "k", what: say("drafts.key.previous"), act: () => move(-1) },
    { key: "s", what: say("drafts.send"), act: () => selected && canSend && send(selected) },
    { key: "shift+S", what: say("drafts.sendAll"), act: all },
    { key: "e", what: say("drafts.edit"), act: () => setEditing(selected?.id) },
    { key: "x", what: say("drafts.discard"), act: () => selected && discard(selected) },
    { key: "Enter", what: say("drafts.open"), act: () => selected && open(selected) },
  ]);
  return (
    <>
      <header className={style["head"]}>
        <h1>{say("drafts.title")}</h1>
        <span className={style["dim"]} role="status">
          {outcome ?? (drafts.length === 0 ? "" : canSend ? say("drafts.waiting", { n: drafts.length }) : say("drafts.away"))}
        </span>
        <span className={style["space"]} />
        {drafts.length === 0 ? undefined : (
          <Button size="xs" disabled={!canSend || fitting === 0} loading={sendAll.isPending} onClick={all}>
            {say("drafts.sendAll")} <Kbd size="xs">⇧ S</Kbd>
          </Button>
        )}
      </header>
      <div className={style["body"]}>
        <Failure error={error} />
        {drafts.length === 0 ? (
          <Empty title={say("drafts.empty")}>{say("drafts.emptyWhat")}</Empty>
        ) : (
          <ol className={style["list"]} aria-label={say("drafts.list")}>
            {drafts.map((draft) => (
              <DraftItem
                key={draft.id}
                draft={draft}
                canSend={canSend}
                place={draft.id === selected?.id ? place : undefined}
                send={() => send(draft)}
                discard={() => discard(draft)}
                open={() => open(draft)}
                isEditing={draft.id === editing}
                edit={(isEditing) => setEditing(isEditing ? draft.id : undefined)}
              />
            ))}
          </ol>
        )}
        {children}
      </div>
    </>
  );
}

function useDraftActions() {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const navigate = useNavigate();
  const sendOne = useMutation(queries.drafts.send.mutationOptions());
  const sendAll = useMutation(queries.drafts.sendAll.mutationOptions());
  const drop = useMutation(queries.drafts.discard.mutationOptions());
  const outcome = sendAll.data && say("drafts.sentAll", { sent: sendAll.data.sent, left: sendAll.data.left });
  return {
    sendAll,
    outcome,
    error: (sendOne.error ?? sendAll.error ?? drop.error) as unknown,
    send: ({ id, state }: DraftRow) => void (state.phase === "valid" && !sendOne.isPending && sendOne.mutate({ id })),
    discard: ({ id, state }: DraftRow) => void (state.phase !== "sending" && drop.mutate({ id })),
    open(draft: DraftRow) {
      const { intent, repository, issue } = draft;
      const id = requestToOpen(draft);
      if (id !== undefined) void navigate({ to: "/inbox/{-$id}", params: { id } });
      else if (intent.type !== "decision") void navigate({ to: "/docs", search: { repository, issue, path: intent.path } });
    },
  };
}

/** The draft that the keys are about; the first one as long as none was chosen. */
function useSelection(drafts: readonly DraftRow[]) {
  const [chosen, setChosen] = useState<string>();
  const place = useRef<HTMLLIElement>(null);
  const selected = drafts.find(({ id }) => id === chosen) ?? drafts[0];
  useEffect(() => {
    if (chosen !== undefined) place.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const move = (by: 1 | -1): void => {
    const at = drafts.findIndex((draft) => draft === selected);
    setChosen(drafts[Math.max(0, Math.min(drafts.length - 1, at + by))]?.id);
  };
  return { selected, move, place };
}
