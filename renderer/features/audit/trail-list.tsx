import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { clock } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { ActorName } from "./actor-name.tsx";
import style from "./audit.module.css";
import { trailRows } from "./trail-rows.ts";

interface TrailListProps {
  readonly events: readonly FlowEventRow[];
  readonly chosen: number | undefined;
  readonly choose: (event: FlowEventRow) => void;
  /** How far back it was looked, where there is more. */
  readonly reached: number | undefined;
  readonly more: () => void;
}

/** The events, newest first. What comes while somebody reads further down waits until it is asked for, so that nothing moves under their eyes. */
export function TrailList({ events, chosen, choose, reached, more }: TrailListProps): ReactElement {
  const { say, language } = useSpeech();
  const scroller = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<number | undefined>();
  const shown = useMemo(() => (held === undefined ? events : events.filter((event) => event.sequence <= held)), [events, held]);
  const rows = useMemo(() => trailRows(shown, (at) => new Intl.DateTimeFormat("sv", { dateStyle: "short" }).format(at)), [shown]);
  const virtual = useVirtualizer({ count: rows.length + 1, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 20 });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 20 && reached !== undefined) more();
  }, [last, rows.length, reached, more]);
  useEffect(() => {
    const index = rows.findIndex((row) => row.type === "event" && row.event.sequence === chosen);
    if (index >= 0) virtual.scrollToIndex(index);
  }, [chosen, virtual]);
  const scrolled = (): void => {
    const away = (scroller.current?.scrollTop ?? 0) > rowHeight;
    if (away !== (held !== undefined)) setHeld(away ? (events[0]?.sequence ?? 0) : undefined);
  };
  const waiting = events.length - shown.length;
  return (
    <div className={style["list"]}>
      {waiting > 0 ? (
        <UnstyledButton
          className={style["waiting"]}
          onClick={() => {
            setHeld(undefined);
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          {say("audit.waiting", { n: waiting })}
        </UnstyledButton>
      ) : undefined}
      <div ref={scroller} className={style["scroller"]} onScroll={scrolled} tabIndex={0} role="region" aria-label={say("audit.events")}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            const place = { transform: `translateY(${start}px)`, height: rowHeight };
            if (row?.type === "event")
              return <Row key={key} place={place} event={row.event} chosen={row.event.sequence === chosen} choose={() => choose(row.event)} />;
            return (
              <div key={key} className={style["day"]} style={place}>
                {row ? (
                  <time dateTime={new Date(row.at).toISOString()}>{new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(row.at)}</time>
                ) : (
                  <End reached={reached} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

const rowHeight = 32;

function End({ reached }: { readonly reached: number | undefined }): ReactElement {
  const { say } = useSpeech();
  return <>{reached === undefined ? say("audit.beginning") : say("audit.looking", { n: reached })}</>;
}

interface RowProps {
  readonly event: FlowEventRow;
  readonly chosen: boolean;
  readonly choose: () => void;
  readonly place: { readonly transform: string; readonly height: number };
}

function Row({ event, chosen, choose, place }: RowProps): ReactElement {
  const title = revealHidden(`${event.type}\n${event.subject}`);
  return (
    <UnstyledButton className={style["event"]} style={place} title={title} aria-current={chosen ? "true" : undefined} onClick={choose}>
      <span className={style["time"]}>{clock(event.at)}</span>
      <span className={style["type"]}>
        <Foreign>{event.type}</Foreign>
      </span>
      <span className={style["subject"]}>
        <Foreign>{event.subject}</Foreign>
      </span>
      <ActorName actor={event.actor} />
      <span className={style["sequence"]}>{event.sequence}</span>
    </UnstyledButton>
  );
}
