import { ActionIcon } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactElement, type RefObject } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import type { EventFilter } from "../../../core/domain/audit/event-filter.ts";
import { useHostQueries, useLinkState } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { clock } from "../../ui/age.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import { AnchorPanel } from "./anchor-panel.tsx";
import type { AuditSearch } from "./audit-search.ts";
import { AuditToolbar, Filters } from "./audit-toolbar.tsx";
import style from "./audit.module.css";
import { EventDetail } from "./event-detail.tsx";
import { InsightPanel } from "./insight-panel.tsx";
import { ReplayPanel } from "./replay-panel.tsx";
import { TrailList } from "./trail-list.tsx";
import { subjectOf } from "./trail-rows.ts";
import { useEvent, useTrail, type Trail } from "./use-trail.ts";
import { VerifyPanel } from "./verify-panel.tsx";

const patience = 250;

/** What happened, event by event; whether it can be trusted; and how each decision came about. */
export function AuditScreen(): ReactElement {
  const search: AuditSearch = useSearch({ from: "/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const queries = useHostQueries();
  const [filter, setFilter] = useState<EventFilter>({});
  const [settled] = useDebouncedValue(filter, patience);
  const trail = useTrail(settled);
  const [panel, setPanel] = useState<"verify" | "anchor" | "insights" | undefined>();
  const verification = useMutation(queries.audit.verify.mutationOptions());
  const firstFilter = useRef<HTMLInputElement>(null);
  const events = trail.events ?? [];
  const event = useEvent(search.event, events);
  const go = (next: AuditSearch): void => {
    setPanel(undefined);
    void navigate({ search: next });
  };
  const verify = (tags: boolean): void => {
    setPanel("verify");
    verification.mutate({ tags });
  };
  const showInsights = (): void => setPanel("insights");
  useAuditKeys({ events, event, go, verify: () => verify(false), showInsights, firstFilter });
  return (
    <div className={style["screen"]}>
      <AuditToolbar
        head={trail.head}
        verifying={verification.isPending}
        verify={() => verify(false)}
        anchor={() => setPanel("anchor")}
        insights={showInsights}
      />
      <div className={style["panes"]}>
        <div className={style["master"]}>
          <Filters filter={filter} change={setFilter} events={events} first={firstFilter} />
          <Events trail={trail} filtered={settled} chosen={search.event} choose={(chosen) => go({ event: chosen.sequence })} />
        </div>
        <Detail close={panel !== undefined || search.request !== undefined ? () => go({ event: search.event }) : undefined}>
          {panel === "verify" ? (
            <VerifyPanel
              verification={verification.data}
              at={verification.submittedAt}
              pending={verification.isPending}
              failure={verification.error}
              verify={verify}
            />
          ) : panel === "anchor" ? (
            <AnchorPanel />
          ) : panel === "insights" ? (
            <InsightPanel />
          ) : search.request !== undefined ? (
            <ReplayPanel id={search.request} openEvent={(sequence) => go({ event: sequence })} />
          ) : event ? (
            <EventDetail event={event} replay={(request) => go({ event: event.sequence, request })} only={(subject) => setFilter({ subject })} />
          ) : undefined}
        </Detail>
      </div>
    </div>
  );
}

function Detail({ close, children }: { readonly close: (() => void) | undefined; readonly children: ReactElement | undefined }): ReactElement {
  const { say } = useSpeech();
  return (
    <section className={style["detail"]} aria-label={say("audit.detail")} tabIndex={0}>
      {close ? (
        <ActionIcon className={style["close"]} variant="subtle" color="gray" aria-label={say("audit.close")} onClick={close}>
          <IconX size={16} />
        </ActionIcon>
      ) : undefined}
      {children ?? <Empty title={say("audit.nothingChosen")}>{say("audit.nothingChosenWhy")}</Empty>}
    </section>
  );
}

interface EventsProps {
  readonly trail: Trail;
  readonly filtered: EventFilter;
  readonly chosen: number | undefined;
  readonly choose: (event: FlowEventRow) => void;
}

function Events({ trail: { events, reached, more, failure }, filtered, chosen, choose }: EventsProps): ReactElement {
  const { say } = useSpeech();
  const link = useLinkState();
  const isFiltered = [filtered.type, filtered.subject, filtered.actor].some((part) => part !== undefined && part !== "");
  const empty = events?.length === 0;
  useEffect(() => {
    if (empty && reached !== undefined) more();
  }, [empty, reached, more]);
  if (events === undefined) return <Pending reason={failure} />;
  if (empty && reached !== undefined) return <Empty title={say("audit.looking", { n: reached })} />;
  if (empty) return <Empty title={say(isFiltered ? "audit.noneFit" : "audit.none")}>{say(isFiltered ? "audit.noneFitWhy" : "audit.noneWhy")}</Empty>;
  return (
    <>
      {link.phase === "lost" ? <p className={style["asOf"]}>{say("state.asOf", { when: clock(link.since) })}</p> : undefined}
      <TrailList key={JSON.stringify(filtered)} events={events} chosen={chosen} choose={choose} reached={reached} more={more} />
    </>
  );
}

interface AuditKeys {
  readonly events: readonly FlowEventRow[];
  readonly event: FlowEventRow | undefined;
  readonly go: (search: AuditSearch) => void;
  readonly verify: () => void;
  readonly showInsights: () => void;
  readonly firstFilter: RefObject<HTMLInputElement | null>;
}

function useAuditKeys({ events, event, go, verify, showInsights, firstFilter }: AuditKeys): void {
  const { say } = useSpeech();
  const move = (by: number): void => {
    const place = events.findIndex((candidate) => candidate.sequence === event?.sequence);
    const next = place < 0 ? events[0] : events[place + by];
    if (next) go({ event: next.sequence });
  };
  useScreenKeys([
    { key: "j", what: say("audit.keys.older"), act: () => move(1) },
    { key: "k", what: say("audit.keys.newer"), act: () => move(-1) },
    {
      key: "r",
      what: say("audit.replay"),
      act() {
        const subject = event && subjectOf(event.subject);
        if (event && subject?.kind === "request") go({ event: event.sequence, request: subject.id });
      },
    },
    { key: "/", what: say("audit.filter"), act: () => firstFilter.current?.focus() },
    { key: "v", what: say("audit.verify"), act: verify },
    { key: "i", what: say("audit.insights"), act: showInsights },
    { key: "Escape", what: say("audit.keys.close"), act: () => go({ event: event?.sequence }) },
  ]);
}
