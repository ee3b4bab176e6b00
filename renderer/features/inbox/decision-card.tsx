import { Anchor, Button, Loader } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { maskSecrets } from "../../../core/domain/kernel/secrets.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useInbox } from "../../host-client/live-list.ts";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age, clock, duration } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { moment } from "../../ui/moment.ts";
import { Foreign, ForeignBlock } from "../../ui/foreign-text.tsx";
import { Empty, Section } from "../../ui/panes.tsx";
import { Risk } from "../../ui/risk.tsx";
import { AllowLike } from "./allow-like.tsx";
import { EffectView } from "./effect-view.tsx";
import { EndMark } from "./end-mark.tsx";
import style from "./inbox.module.css";
import { MaskedBlock } from "./masked-block.tsx";
import { Origin } from "./origin.tsx";
import { decisionText, endingTexts } from "./outcome-text.ts";
import { useUnsentEdit, type UnsentEdit } from "./unsent-edits.ts";
import { VerdictBar } from "./verdict-bar.tsx";

/** One request, everything there is to know before it is decided, in the order in which it matters, and what can be answered. */
export function DecisionCard({ id, afterwards }: { readonly id: string; readonly afterwards: () => void }): ReactElement {
  const { card, error } = useCard(id);
  const { say } = useSpeech();
  const [readTo, setReadTo] = useState<string>();
  const unsent = useUnsentEdit(id);
  if (!card) return <Empty title={error ? "" : say("state.loading")}>{error ? <Failure error={error} /> : <Loader size="sm" />}</Empty>;
  return (
    <>
      <article className={style["card"]} tabIndex={0} aria-label={revealHidden(card.summary)}>
        <h1>
          <Foreign>{card.summary}</Foreign>
        </h1>
        <Facts card={card} />
        <Warnings card={card} />
        <Section title={say(card.kind === "question" ? "inbox.question" : "inbox.effect")}>
          <EffectView effect={card.effect} issue={card.issue} />
          <EndMark seen={() => setReadTo(card.digest)} />
        </Section>
        <Outcome card={card} />
        <Unsent card={card} unsent={unsent} />
        <Reasons card={card} />
      </article>
      {card.phase === "requested" ? (
        <VerdictBar key={card.digest} card={card} unsent={unsent} wasRead={readTo === card.digest} afterwards={afterwards} />
      ) : undefined}
    </>
  );
}

/** The card as it is now; read again whenever its request has changed, and when the host is back. */
function useCard(id: string): { readonly card: InboxCard | undefined; readonly error: unknown } {
  const queries = useHostQueries();
  const waiting = useInbox().data;
  const waits = waiting?.rows.find((item) => item.id === id);
  const { data, error, refetch } = useQuery({ ...queries.inbox.get.queryOptions({ input: { id } }), retry: unlessRefused });
  // A decision takes some moments to be carried out, and the list says nothing of it.
  const isUnderWay = data?.phase === "decided" || data?.phase === "executing";
  const run = useQuery({ ...queries.runs.watch.experimental_liveOptions({ input: { id: data?.runId ?? "" } }), enabled: isUnderWay });
  const news = useMemo(() => ({}), [waits, waiting?.begun, run.dataUpdatedAt]);
  const readAt = useRef(news);
  useEffect(() => {
    // The first reading is the query's own.
    if (news === readAt.current) return;
    readAt.current = news;
    void refetch();
  }, [refetch, news]);
  return { card: data, error };
}

function Facts({ card }: { readonly card: InboxCard }): ReactElement {
  const { say, language } = useSpeech();
  const left = card.expiresAt - Date.now();
  return (
    <div className={style["meta"]}>
      <span>{say("inbox.meta", { role: card.role, stage: card.stage, repository: card.repository, issue: card.issue })}</span>
      <Anchor component={Link} to="/runs/$id" params={{ id: card.runId } as never} inherit underline="always">
        {say("inbox.run")}
      </Anchor>
      <span>
        {say("inbox.asked")} <Age at={card.createdAt} />
      </span>
      {card.phase === "requested" ? (
        <span>{left > 0 ? say("inbox.expires", { when: duration(left, say) }) : say("inbox.expired")}</span>
      ) : (
        <strong>{say(`inbox.phase.${card.phase}`)}</strong>
      )}
      {card.snoozedUntil === undefined ? undefined : <strong>{say("inbox.snoozedUntil", { when: moment(card.snoozedUntil, language) })}</strong>}
      <Risk risk={card.risk} />
      {card.asOf === undefined ? undefined : <span>{say("state.asOf", { when: moment(card.asOf, language) })}</span>}
    </div>
  );
}

function Warnings({ card }: { readonly card: InboxCard }): ReactElement | undefined {
  const { say } = useSpeech();
  const { full } = card;
  const warnings = [
    ...card.warnings,
    ...(card.hiddenCharacters ? [say("inbox.hidden")] : []),
    ...(maskSecrets(card.arguments).masked > 0 ? [say("inbox.secrets")] : []),
    ...(full ? [say("inbox.full", { stage: say(`board.stage.${full.stage}`), n: full.inProgress, limit: full.limit })] : []),
  ];
  if (warnings.length === 0) return undefined;
  return (
    <Section title={say("inbox.warnings")}>
      <ul className={style["warnings"]}>
        {warnings.map((warning) => (
          <li key={warning}>
            <IconAlertTriangle size={15} aria-hidden /> <Foreign>{warning}</Foreign>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Who decided what, and what came of it. */
function Outcome({ card }: { readonly card: InboxCard }): ReactElement | undefined {
  const { say } = useSpeech();
  const { decision, signatureVerified } = card;
  const endings = endingTexts(card, say);
  if (!decision && endings.length === 0) return undefined;
  return (
    <Section title={say("inbox.decision")}>
      {decision ? (
        <p className={style["line"]}>
          <span>
            <Foreign>{decisionText(decision, say)}</Foreign>
            {`, ${clock(decision.at)}. `}
            {signatureVerified === undefined ? "" : say(signatureVerified ? "inbox.signature.true" : "inbox.signature.false")}
          </span>
        </p>
      ) : undefined}
      {endings.map((ending) => (
        <p key={ending} className={style["line"]}>
          <Foreign>{ending}</Foreign>
          {card.instead === undefined ? undefined : <ToRequest id={card.instead}>{say("inbox.edit.toNext")}</ToRequest>}
        </p>
      ))}
      {card.result === undefined ? undefined : <ForeignBlock label={say("inbox.came")}>{JSON.stringify(card.result, undefined, 2)}</ForeignBlock>}
    </Section>
  );
}

function ToRequest({ id, children }: { readonly id: string; readonly children: string }): ReactElement {
  return (
    <Anchor component={Link} to="/inbox/{-$id}" params={{ id } as never} inherit underline="always">
      {children}
    </Anchor>
  );
}

/** What was written for a request that somebody else has settled meanwhile: it cannot be sent any more, and it is not thrown away. */
function Unsent({ card, unsent }: { readonly card: InboxCard; readonly unsent: UnsentEdit }): ReactElement | undefined {
  const { say } = useSpeech();
  if (card.phase === "requested" || unsent.text === undefined) return undefined;
  return (
    <Section title={say("inbox.edit.unsent")}>
      <ForeignBlock label={say("inbox.edit.unsent")}>{unsent.text}</ForeignBlock>
      <Button size="xs" variant="default" mt={8} onClick={unsent.forget}>
        {say("inbox.edit.forget")}
      </Button>
    </Section>
  );
}

/** Whose the arguments are, where they are not the agent's, and what the agent had asked for. */
function Edited({ edit }: { readonly edit: NonNullable<InboxCard["edit"]> }): ReactElement {
  const { say } = useSpeech();
  return (
    <Section title={say("inbox.edit.asked")}>
      <ForeignBlock label={say("inbox.edit.asked")}>{edit.asked}</ForeignBlock>
      <p className={style["line"]}>
        <span>
          <Foreign>{say("inbox.edit.by", { by: edit.by, surface: edit.surface })}</Foreign>
          {`, ${clock(edit.at)}. `}
          <ToRequest id={edit.of}>{say("inbox.edit.toPrevious")}</ToRequest>
        </span>
      </p>
    </Section>
  );
}

function Reasons({ card }: { readonly card: InboxCard }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <Section title={say("inbox.arguments")}>
        <MaskedBlock label={say("inbox.arguments")}>{card.arguments}</MaskedBlock>
      </Section>
      {card.edit === undefined ? undefined : <Edited edit={card.edit} />}
      {card.rationale === undefined ? undefined : (
        <Section
          title={
            <>
              {say("inbox.why")} <span className={style["tag"]}>{say("inbox.words")}</span>
            </>
          }
        >
          <p className={style["quote"]}>
            <Foreign>{card.rationale}</Foreign>
          </p>
        </Section>
      )}
      <Origin card={card} />
      <Section title={say("inbox.because")}>
        <p className={style["line"]}>
          <Foreign>{say("inbox.rule", { id: card.rule.id, description: card.rule.description })}</Foreign>
        </p>
        <AllowLike card={card} />
      </Section>
    </>
  );
}
