import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import { StateShape, StateWord } from "./document-state.tsx";
import style from "./docs.module.css";
import { requiringStages, type DocsetItem } from "./docset-view.ts";
import type { TraceCell, TraceRow } from "./trace-matrix.ts";
import type { DocumentRow } from "./use-documents.ts";

type Row = TraceRow<DocumentRow>;
type Cell = TraceCell<DocumentRow>;

interface TraceProps {
  readonly rows: readonly Row[];
  readonly open: (issue: number, path: string | undefined) => void;
}

/** Issues against stages, gaps first, and the documents of the cell that is chosen. */
export function TraceView({ rows, open }: TraceProps): ReactElement {
  const { say } = useSpeech();
  const [place, setPlace] = useState({ row: 0, cell: 0 });
  const row = rows[Math.min(place.row, rows.length - 1)];
  const cell = row?.cells[place.cell];
  const move = (down: number, right: number): void =>
    setPlace({ row: clamp(place.row + down, rows.length - 1), cell: clamp(place.cell + right, requiringStages.length - 1) });
  useScreenKeys([
    { key: "j", what: say("docs.keys.issueDown"), act: () => move(1, 0) },
    { key: "k", what: say("docs.keys.issueUp"), act: () => move(-1, 0) },
    { key: "l", what: say("docs.keys.stageRight"), act: () => move(0, 1) },
    { key: "h", what: say("docs.keys.stageLeft"), act: () => move(0, -1) },
    { key: "Enter", what: say("docs.keys.openIssue"), act: () => row && open(row.issue, firstDocument(cell)) },
  ]);
  if (row === undefined) return <Empty title={say("docs.noIssues")}>{say("docs.noIssuesWhy")}</Empty>;
  return (
    <div className={style["trace"]}>
      <Matrix rows={rows} place={place} choose={setPlace} open={open} />
      {cell === undefined ? undefined : <CellDetail row={row} cell={cell} open={open} />}
    </div>
  );
}

interface Place {
  readonly row: number;
  readonly cell: number;
}

interface MatrixProps {
  readonly rows: readonly Row[];
  readonly place: Place;
  readonly choose: (place: Place) => void;
  readonly open: TraceProps["open"];
}

function Matrix({ rows, place, choose, open }: MatrixProps): ReactElement {
  const { say } = useSpeech();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 40, overscan: 10 });
  useEffect(() => {
    virtual.scrollToIndex(place.row);
  }, [place.row, virtual]);
  return (
    <div ref={scroller} className={style["matrix"]} role="table" tabIndex={0} aria-label={say("docs.traceability")} aria-rowcount={rows.length + 1}>
      <div role="row" className={style["matrixHead"]} aria-rowindex={1}>
        <span role="columnheader">{say("docs.issue")}</span>
        {requiringStages.map(({ stage }) => (
          <span key={stage} role="columnheader" title={say(`board.stage.${stage}`)}>
            {say(`docs.short.${stage}`)}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return undefined;
          const chosen = place.row === index ? place.cell : undefined;
          return (
            <div key={key} role="row" aria-rowindex={index + 2} className={style["matrixRow"]} style={{ transform: `translateY(${start}px)` }}>
              <IssueName row={row} />
              {row.cells.map((cell, position) => (
                <span key={cell.stage} role="cell">
                  <CellButton
                    cell={cell}
                    chosen={chosen === position}
                    choose={() => (chosen === position ? open(row.issue, firstDocument(cell)) : choose({ row: index, cell: position }))}
                  />
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function IssueName({ row }: { readonly row: Row }): ReactElement {
  const { say } = useSpeech();
  return (
    <span role="rowheader" className={style["issueName"]} title={revealHidden(`#${row.issue} ${row.title ?? ""}`.trim())}>
      <span className={style["issueTitle"]}>
        <span className={style["dim"]}>#{row.issue}</span> {row.title === undefined ? undefined : <Foreign>{row.title}</Foreign>}
      </span>
      {row.gaps > 0 ? (
        <span className={style["state"]} data-state="missing">
          {say("docs.gaps", { n: row.gaps })}
        </span>
      ) : undefined}
    </span>
  );
}

function CellButton({ cell, chosen, choose }: { readonly cell: Cell; readonly chosen: boolean; readonly choose: () => void }): ReactElement {
  const { say } = useSpeech();
  return (
    <UnstyledButton
      className={style["cell"]}
      data-state={cell.state}
      aria-pressed={chosen}
      tabIndex={chosen ? 0 : -1}
      aria-label={`${say(`board.stage.${cell.stage}`)}: ${say(`docs.trace.${cell.state}`)}, ${cell.present}/${cell.required}`}
      title={say(`docs.trace.${cell.state}`)}
      onClick={choose}
    >
      {cell.state === "later" ? (
        "–"
      ) : (
        <>
          <StateShape state={cell.state} /> {cell.state === "skipped" ? undefined : `${cell.present}/${cell.required}`}
        </>
      )}
    </UnstyledButton>
  );
}

function CellDetail({ row, cell, open }: { readonly row: Row; readonly cell: Cell; readonly open: TraceProps["open"] }): ReactElement {
  const { say } = useSpeech();
  const gapsFirst = [...cell.items].sort((a, b) => Number(b.state === "missing") - Number(a.state === "missing"));
  return (
    <aside className={style["traceDetail"]} aria-live="polite">
      <h2>
        #{row.issue} · {say(`board.stage.${cell.stage}`)}
      </h2>
      <p className={style["dim"]}>{say(`docs.trace.${cell.state}`)}</p>
      <ul className={style["items"]}>
        {gapsFirst.map((item) => (
          <li key={item.path}>
            <TraceItem item={item} open={() => open(row.issue, item.path)} />
          </li>
        ))}
      </ul>
    </aside>
  );
}

function TraceItem({ item, open }: { readonly item: DocsetItem<DocumentRow>; readonly open: () => void }): ReactElement {
  const content = (
    <>
      <StateShape state={item.state} />
      <span className={style["name"]}>
        <Foreign>{item.name}</Foreign>
      </span>
      <StateWord state={item.state} />
    </>
  );
  return item.document ? (
    <UnstyledButton className={style["item"]} title={revealHidden(`${item.name} · ${item.document.title}`)} onClick={open}>
      {content}
    </UnstyledButton>
  ) : (
    <div className={style["item"]} data-absent title={revealHidden(item.name)}>
      {content}
    </div>
  );
}

function firstDocument(cell: Cell | undefined): string | undefined {
  return cell?.items.find((item) => item.document)?.path;
}

function clamp(value: number, last: number): number {
  return Math.max(0, Math.min(value, last));
}
