import { UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { StateShape, StateWord } from "./document-state.tsx";
import style from "./docs.module.css";
import type { DocsetItem } from "./docset-view.ts";
import { pullStages } from "./pull-docset.ts";
import { PullShape, pullStateText } from "./pull-sign.tsx";
import type { TraceCell, TracedPull, TraceRow } from "./trace-matrix.ts";
import { targetAt, type TraceDestination } from "./trace-place.ts";
import type { DocumentRow } from "./use-documents.ts";

interface DetailProps {
  readonly row: TraceRow<DocumentRow>;
  /** All documents of the repository. */
  readonly documents: readonly DocumentRow[];
  readonly open: (destination: TraceDestination) => void;
}

/** What stands behind a cell of the matrix: documents of a stage, pull requests with theirs, or where the release is named. */
export function TraceDetail({ column, ...props }: DetailProps & { readonly column: number }): ReactElement {
  const target = targetAt(props.row, column);
  return (
    <aside className={style["traceDetail"]} aria-live="polite">
      {target?.type === "pulls" ? <PullsDetail {...props} /> : undefined}
      {target?.type === "stage" ? <StageDetail {...props} cell={target.cell} /> : undefined}
      {target?.type === "release" ? <ReleaseDetail {...props} /> : undefined}
    </aside>
  );
}

function StageDetail({ row, cell, open }: DetailProps & { readonly cell: TraceCell<DocumentRow> }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <h2>
        #{row.issue} · {say(`board.stage.${cell.stage}`)}
      </h2>
      <p className={style["dim"]}>{say(`docs.trace.${cell.state}`)}</p>
      <Items items={cell.items} open={(path) => open({ issue: row.issue, path })} />
    </>
  );
}

function PullsDetail({ row, documents, open }: DetailProps): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <h2>
        #{row.issue} · {say("docs.pulls")}
      </h2>
      {row.pulls.length === 0 ? <p className={style["dim"]}>{say("docs.noPullsWhy")}</p> : undefined}
      {row.pulls.map((pull) => (
        <PullWithDocuments key={pull.pull} pull={pull} issue={row.issue} documents={documents} open={open} />
      ))}
    </>
  );
}

interface PullProps {
  readonly pull: TracedPull;
  readonly issue: number;
  readonly documents: readonly DocumentRow[];
  readonly open: DetailProps["open"];
}

function PullWithDocuments({ pull, issue, documents, open }: PullProps): ReactElement {
  const { say } = useSpeech();
  const items = pullStages(pull, documents).flatMap((stage) => stage.items);
  const stages = pull.stages.map((stage) => say(`board.stage.${stage}`)).join(", ");
  return (
    <section className={style["pullDetail"]}>
      <h3>
        <UnstyledButton className={style["item"]} title={say("docs.openPull", { n: pull.pull })} onClick={() => open({ pull: pull.pull })}>
          <PullShape state={pull.state} />
          <span className={style["name"]}>
            {say("docs.pull", { n: pull.pull })} <span className={style["dim"]}>{stages}</span>
          </span>
          <span className={style["dim"]}>{say(pullStateText(pull))}</span>
        </UnstyledButton>
      </h3>
      {items.length === 0 ? <p className={style["dim"]}>{say("docs.pullWithoutDocuments")}</p> : undefined}
      <Items items={items} open={(path) => open({ issue, path })} />
    </section>
  );
}

function ReleaseDetail({ row, open }: DetailProps): ReactElement {
  const { say } = useSpeech();
  const { release } = row;
  const plans = row.cells.find(({ stage }) => stage === "release")?.items.filter(({ document }) => document !== undefined) ?? [];
  return (
    <>
      <h2>
        #{row.issue} · {release.state === "released" ? <Foreign>{release.name}</Foreign> : say(`docs.release.${release.state}`)}
      </h2>
      <p className={style["dim"]}>{say(`docs.release.${release.state}Why`)}</p>
      <Items items={plans} open={(path) => open({ issue: row.issue, path })} />
    </>
  );
}

/** What is missing first. */
function Items({ items, open }: { readonly items: readonly DocsetItem<DocumentRow>[]; readonly open: (path: string) => void }): ReactElement | undefined {
  if (items.length === 0) return undefined;
  const gapsFirst = [...items].sort((a, b) => Number(b.state === "missing") - Number(a.state === "missing"));
  return (
    <ul className={style["items"]}>
      {gapsFirst.map((item) => (
        <li key={item.path}>
          <TraceItem item={item} open={() => open(item.path)} />
        </li>
      ))}
    </ul>
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
