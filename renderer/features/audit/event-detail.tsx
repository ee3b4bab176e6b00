import { Button } from "@mantine/core";
import { IconFilter, IconHistory } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { escapeHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { CopyIcon } from "../../ui/copy-text.tsx";
import { Foreign, ForeignBlock } from "../../ui/foreign-text.tsx";
import { Section } from "../../ui/panes.tsx";
import { ActorName } from "./actor-name.tsx";
import style from "./audit.module.css";
import { CheckMark } from "./check-mark.tsx";
import { useRecomputedHash } from "./recomputed-hash.ts";
import { subjectOf } from "./trail-rows.ts";

interface EventDetailProps {
  readonly event: FlowEventRow;
  readonly replay: (request: string) => void;
  readonly only: (subject: string) => void;
}

/** One event with everything that its hash covers. */
export function EventDetail({ event, replay, only }: EventDetailProps): ReactElement {
  const { say, language } = useSpeech();
  const hash = useRecomputedHash(event);
  const subject = subjectOf(event.subject);
  return (
    <>
      <h2 className={style["detailTitle"]}>
        <Foreign>{event.type}</Foreign>
      </h2>
      <p className={style["meta"]}>
        <span>{say("audit.number", { n: event.sequence })}</span>
        <time dateTime={new Date(event.at).toISOString()}>
          {new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(event.at)}
        </time>
        <ActorName actor={event.actor} />
      </p>
      <p className={style["mono"]}>
        <Foreign>{event.subject}</Foreign>
      </p>
      <div className={style["actions"]}>
        {subject.kind === "request" ? (
          <>
            <Button size="xs" leftSection={<IconHistory size={14} />} onClick={() => replay(subject.id)}>
              {say("audit.replay")}
            </Button>
            <Button size="xs" variant="default" renderRoot={(props) => <Link to="/inbox/{-$id}" params={{ id: subject.id }} {...props} />}>
              {say("audit.openRequest")}
            </Button>
          </>
        ) : undefined}
        {subject.kind === "run" ? (
          <Button size="xs" variant="default" renderRoot={(props) => <Link to="/runs/{-$id}" params={{ id: subject.id }} {...props} />}>
            {say("audit.openRun")}
          </Button>
        ) : undefined}
        <Button size="xs" variant="default" leftSection={<IconFilter size={14} />} onClick={() => only(event.subject)}>
          {say("audit.onlyThis")}
        </Button>
      </div>
      <Section title={say("audit.payload")}>
        {Object.keys(event.payload).length === 0 ? (
          <p className={style["dim"]}>{say("audit.noPayload")}</p>
        ) : (
          <ForeignBlock label={say("audit.payload")}>{escapeHidden(JSON.stringify(event.payload, undefined, 2))}</ForeignBlock>
        )}
      </Section>
      <Section title={say("audit.chain")}>
        <dl className={style["hashes"]}>
          <Hash name={say("audit.hash")} value={event.hash} />
          <Hash name={say("audit.previousHash")} value={event.previousHash} />
          <Hash name={say("audit.correlation")} value={event.correlationId} />
        </dl>
        <CheckMark check={hash} text={`audit.recomputed.${hash}`} />
      </Section>
    </>
  );
}

/** A value that is compared more often than read, to be copied. */
export function Hash({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={style["mono"]}>
        <Foreign>{value}</Foreign>
        <CopyIcon name={name} text={value} />
      </dd>
    </div>
  );
}
