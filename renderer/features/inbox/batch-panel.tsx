import { Button, Kbd, Loader } from "@mantine/core";
import { useMutation, useQueries, type UseMutationResult } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { InboxCard, InboxItem } from "../../../core/contract/inbox.ts";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useHostClient, useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Section } from "../../ui/panes.tsx";
import { EffectView } from "./effect-view.tsx";
import { EndMark } from "./end-mark.tsx";
import { useGrace } from "./grace.ts";
import { SendingBar } from "./sending-bar.tsx";
import style from "./inbox.module.css";

interface BatchPanelProps {
  readonly items: readonly InboxItem[];
  readonly leave: () => void;
}

/** Calls of one tool with one risk, each with what it would do, and one approval for all of them. */
export function BatchPanel({ items, leave }: BatchPanelProps): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const read = useQueries({
    queries: items.map(({ id }) => ({ ...queries.inbox.get.queryOptions({ input: { id } }), retry: unlessRefused })),
  });
  const cards = read.flatMap(({ data }) => (data ? [data] : []));
  const isShown = cards.length === items.length;
  const digests = cards.map(({ digest }) => digest).join();
  const [readTo, setReadTo] = useState<string>();
  return (
    <>
      <article className={style["card"]} tabIndex={0} aria-label={say("inbox.batch.title", { count: items.length })}>
        <h1>{say("inbox.batch.title", { count: items.length })}</h1>
        <p className={style["meta"]}>{say("inbox.batch.what", { tool: items[0]?.tool ?? "" })}</p>
        {items.map((item, index) => (
          <Section key={item.id} title={<Foreign>{`${item.repository}#${item.issue}`}</Foreign>}>
            <p className={style["line"]}>
              <Foreign>{item.summary}</Foreign>
            </p>
            {read[index]?.data ? <Effect card={read[index].data} /> : read[index]?.error ? <Failure error={read[index].error} /> : <Loader size="sm" />}
          </Section>
        ))}
        {isShown ? <EndMark key={digests} seen={() => setReadTo(digests)} /> : undefined}
      </article>
      <BatchBar cards={cards} wasRead={isShown && readTo === digests} leave={leave} />
    </>
  );
}

function Effect({ card }: { readonly card: InboxCard }): ReactElement {
  return (
    <>
      {card.warnings.map((warning) => (
        <p key={warning} className={style["line"]}>
          <Foreign>{warning}</Foreign>
        </p>
      ))}
      <EffectView effect={card.effect} issue={card.issue} />
    </>
  );
}

interface BatchBarProps {
  readonly cards: readonly InboxCard[];
  readonly wasRead: boolean;
  readonly leave: () => void;
}

/** Each is signed by itself, with what was shown of it; what was refused stays in the list, and the rest is done. */
function BatchBar({ cards, wasRead, leave }: BatchBarProps): ReactElement {
  const { say } = useSpeech();
  const approve = useApproval(leave);
  const { held, hold, takeBack } = useGrace<readonly InboxCard[]>((shown) => approve.mutate(shown));
  const isReady = wasRead && held === undefined && !approve.isPending;
  useScreenKeys([
    { key: "a", what: say("inbox.approve"), act: () => isReady && hold(cards) },
    { key: "z", what: say("inbox.key.undo"), act: takeBack },
    { key: "Escape", what: say("inbox.batch.leave"), act: leave },
  ]);
  if (held) return <SendingBar verdict={say("inbox.approve")} left={held.left} takeBack={takeBack} />;
  return (
    <div className={style["bar"]}>
      {approve.error ? <Failure error={approve.error} /> : undefined}
      <Button size="xs" disabled={!isReady} loading={approve.isPending} onClick={() => hold(cards)}>
        {say("inbox.batch.approve", { count: cards.length })} <Kbd size="xs">a</Kbd>
      </Button>
      <Button size="xs" variant="default" onClick={leave}>
        {say("inbox.batch.leave")} <Kbd size="xs">Esc</Kbd>
      </Button>
      <span className={style["digest"]}>{say(wasRead ? "inbox.batch.signed" : "inbox.readFirst")}</span>
    </div>
  );
}

/** Approves one after the other; a refusal does not keep the others, and the first is told at the end. */
function useApproval(onDone: () => void): UseMutationResult<void, Error, readonly InboxCard[]> {
  const client = useHostClient();
  return useMutation({
    async mutationFn(cards: readonly InboxCard[]) {
      const refusals: unknown[] = [];
      for (const { id, digest, targetVersion } of cards)
        await client.inbox
          .decide({ id, verdict: { type: "approve" }, surface: "desktop", digest, targetVersion })
          .catch((error: unknown) => refusals.push(error));
      if (refusals.length > 0) throw refusals[0];
    },
    onSuccess: onDone,
  });
}
