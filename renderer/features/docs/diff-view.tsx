import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { Empty } from "../../ui/panes.tsx";
import { diffRows, diffSize, type DiffRow } from "./diff-rows.ts";
import style from "./docs.module.css";
import { diffLines, type DiffLine } from "./line-diff.ts";
import { LineText } from "./source-view.tsx";

const signs = { same: " ", added: "+", removed: "−" } as const;

interface DiffProps {
  readonly before: string;
  readonly text: string;
  /** Since when these lines changed, in words that follow their numbers. */
  readonly since: string;
}

/** What a document says against what it said before. */
export function DiffView({ before, text, since }: DiffProps): ReactElement {
  const { say } = useSpeech();
  const lines = useMemo(() => diffLines(before, text), [before, text]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => diffRows(lines, opened), [lines, opened]);
  const { added, removed } = useMemo(() => diffSize(lines), [lines]);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 20, overscan: 30 });
  if (added + removed === 0) return <Empty title={say("docs.unchanged")}>{say("docs.unchangedWhy")}</Empty>;
  return (
    <>
      <p className={style["diffSize"]}>
        <span data-kind="added">+{added}</span> <span data-kind="removed">−{removed}</span> {since}
      </p>
      <div ref={scroller} className={style["lines"]} tabIndex={0} role="region" aria-label={say("docs.changes")}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            return (
              <div key={key} ref={virtual.measureElement} data-index={index} className={style["row"]} style={{ transform: `translateY(${start}px)` }}>
                {row === undefined ? undefined : <Row row={row} open={(first) => setOpened(new Set([...opened, first]))} />}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

function Row({ row, open }: { readonly row: DiffRow; readonly open: (first: number) => void }): ReactElement {
  const { say } = useSpeech();
  if (row.type === "line") return <Line line={row.line} />;
  return (
    <UnstyledButton className={style["fold"]} onClick={() => open(row.first)}>
      {say("docs.fold", { n: row.count })}
    </UnstyledButton>
  );
}

function Line({ line: { kind, before, after, parts } }: { readonly line: DiffLine }): ReactElement {
  return (
    <div className={style["line"]} data-kind={kind}>
      <span className={style["number"]}>{before}</span>
      <span className={style["number"]}>{after}</span>
      <span className={style["sign"]}>{signs[kind]}</span>
      <span className={style["text"]}>
        {parts.map((part, index) => (
          <span key={index} data-changed={part.changed}>
            <LineText text={part.text} />
          </span>
        ))}
      </span>
    </div>
  );
}
