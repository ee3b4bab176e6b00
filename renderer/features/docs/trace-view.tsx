import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type ReactElement, type RefObject } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import { StateShape } from "./document-state.tsx";
import style from "./docs.module.css";
import { requiringStages } from "./docset-view.ts";
import { TraceCellButton } from "./trace-cells.tsx";
import { TraceDetail } from "./trace-detail.tsx";
import type { TraceRow } from "./trace-matrix.ts";
import { destinationOf, firstStage, moved, pullsColumn, releaseColumn, type Place, type TraceDestination } from "./trace-place.ts";
import type { DocumentRow } from "./use-documents.ts";

type Row = TraceRow<DocumentRow>;

interface TraceProps {
  readonly rows: readonly Row[];
  /** All documents of the repository. */
  readonly documents: readonly DocumentRow[];
  readonly open: (destination: TraceDestination) => void;
}

/** Issues with their pull requests, stages and releases, gaps first, and what stands behind the cell that is chosen. */
export function TraceView({ rows, documents, open }: TraceProps): ReactElement {
  const { say } = useSpeech();
  const [place, setPlace] = useState<Place>({ row: 0, column: firstStage });
  const row = rows[Math.min(place.row, rows.length - 1)];
  const move = (by: Parameters<typeof moved>[1]) => () => setPlace(moved(place, by, rows.length));
  useScreenKeys([
    { key: "j", what: say("docs.keys.issueDown"), act: move({ rows: 1 }) },
    { key: "k", what: say("docs.keys.issueUp"), act: move({ rows: -1 }) },
    { key: "l", what: say("docs.keys.columnRight"), act: move({ columns: 1 }) },
    { key: "h", what: say("docs.keys.columnLeft"), act: move({ columns: -1 }) },
    { key: "Enter", what: say("docs.keys.openCell"), act: () => row && open(destinationOf(row, place.column)) },
  ]);
  if (row === undefined) return <Empty title={say("docs.noIssues")}>{say("docs.noIssuesWhy")}</Empty>;
  return (
    <div className={style["trace"]}>
      <Matrix rows={rows} place={place} choose={setPlace} open={open} />
      <TraceDetail row={row} column={place.column} documents={documents} open={open} />
    </div>
  );
}

interface MatrixProps {
  readonly rows: readonly Row[];
  readonly place: Place;
  readonly choose: (place: Place) => void;
  readonly open: TraceProps["open"];
}

const columns = Array.from({ length: releaseColumn + 1 }, (_, column) => column);

function Matrix({ rows, place, choose, open }: MatrixProps): ReactElement {
  const { say } = useSpeech();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 40, overscan: 10 });
  useEffect(() => {
    virtual.scrollToIndex(place.row);
  }, [place.row, virtual]);
  useChosenInSight(scroller, place);
  return (
    <div ref={scroller} className={style["matrix"]} role="table" tabIndex={0} aria-label={say("docs.traceability")} aria-rowcount={rows.length + 1}>
      <MatrixHead />
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return undefined;
          const chosen = place.row === index ? place.column : undefined;
          return (
            <div key={key} role="row" aria-rowindex={index + 2} className={style["matrixRow"]} style={{ transform: `translateY(${start}px)` }}>
              <IssueName row={row} />
              {columns.map((column) => (
                <span key={column} role="cell">
                  <TraceCellButton
                    row={row}
                    column={column}
                    chosen={chosen === column}
                    choose={() => (chosen === column ? open(destinationOf(row, column)) : choose({ row: index, column }))}
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

/** Where the matrix is wider than its pane, the chosen column is scrolled to: the style leaves room for what stays at its edges. */
function useChosenInSight(scroller: RefObject<HTMLDivElement | null>, { row, column }: Place): void {
  useEffect(() => {
    scroller.current?.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [scroller, row, column]);
}

function MatrixHead(): ReactElement {
  const { say } = useSpeech();
  return (
    <div role="row" className={style["matrixHead"]} aria-rowindex={1}>
      <span role="columnheader">{say("docs.issue")}</span>
      {columns.map((column) => {
        const stage = requiringStages[column - firstStage]?.stage;
        if (stage !== undefined)
          return (
            <span key={column} role="columnheader" title={say(`board.stage.${stage}`)}>
              {say(`docs.short.${stage}`)}
            </span>
          );
        const isPulls = column === pullsColumn;
        return (
          <span key={column} role="columnheader" title={say(isPulls ? "docs.pulls" : "docs.releaseWhat")}>
            {say(isPulls ? "docs.pullsShort" : "docs.release")}
          </span>
        );
      })}
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
        <span
          className={style["state"]}
          data-state="missing"
          role="img"
          aria-label={say("docs.gaps", { n: row.gaps })}
          title={say("docs.gaps", { n: row.gaps })}
        >
          <StateShape state="missing" /> {row.gaps}
        </span>
      ) : undefined}
    </span>
  );
}
