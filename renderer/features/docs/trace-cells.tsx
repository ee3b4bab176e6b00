import { UnstyledButton } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { StateShape } from "./document-state.tsx";
import style from "./docs.module.css";
import type { IndexedDocument } from "./docset-view.ts";
import { PullShape, pullStateText } from "./pull-sign.tsx";
import type { TraceCell, TracedPull, TraceRelease, TraceRow } from "./trace-matrix.ts";
import { targetAt } from "./trace-place.ts";

interface CellProps {
  readonly chosen: boolean;
  readonly choose: () => void;
}

/** One cell of the matrix, whatever column it stands in. */
export function TraceCellButton({
  row,
  column,
  ...rest
}: CellProps & { readonly row: TraceRow<IndexedDocument>; readonly column: number }): ReactElement | undefined {
  const target = targetAt(row, column);
  switch (target?.type) {
    case undefined:
      return undefined;
    case "pulls":
      return <PullsCell pulls={row.pulls} {...rest} />;
    case "release":
      return <ReleaseCell release={row.release} {...rest} />;
    case "stage":
      return <StageCell cell={target.cell} {...rest} />;
  }
}

interface ButtonProps extends CellProps {
  readonly state: string;
  /** What the cell says, for those who hear it. */
  readonly label: string;
  readonly title: string;
  readonly children: ReactNode;
}

function CellButton({ state, label, title, chosen, choose, children }: ButtonProps): ReactElement {
  return (
    <UnstyledButton
      className={style["cell"]}
      data-state={state}
      aria-pressed={chosen}
      tabIndex={chosen ? 0 : -1}
      aria-label={label}
      title={title}
      onClick={choose}
    >
      {children}
    </UnstyledButton>
  );
}

function StageCell({ cell, ...rest }: CellProps & { readonly cell: TraceCell<IndexedDocument> }): ReactElement {
  const { say } = useSpeech();
  const what = say(`docs.trace.${cell.state}`);
  const label = `${say(`board.stage.${cell.stage}`)}: ${what}, ${cell.present}/${cell.required}`;
  return (
    <CellButton state={cell.state} label={label} title={what} {...rest}>
      {cell.state === "later" ? (
        "–"
      ) : (
        <>
          <StateShape state={cell.state} /> {cell.state === "skipped" ? undefined : `${cell.present}/${cell.required}`}
        </>
      )}
    </CellButton>
  );
}

/** The pull request that matters most, and how many more there are. */
function PullsCell({ pulls, ...rest }: CellProps & { readonly pulls: readonly TracedPull[] }): ReactElement {
  const { say } = useSpeech();
  const [first, ...others] = pulls;
  if (first === undefined) {
    const none = say("docs.noPulls");
    return (
      <CellButton state="later" label={none} title={none} {...rest}>
        –
      </CellButton>
    );
  }
  const all = pulls.map((pull) => `#${pull.pull} ${say(pullStateText(pull))}`).join(", ");
  return (
    <CellButton state="pulls" label={`${say("docs.pulls")}: ${all}`} title={all} {...rest}>
      <PullShape state={first.state} /> #{first.pull}
      {others.length > 0 ? <span className={style["dim"]}>+{others.length}</span> : undefined}
    </CellButton>
  );
}

function ReleaseCell({ release, ...rest }: CellProps & { readonly release: TraceRelease }): ReactElement {
  const { say } = useSpeech();
  if (release.state === "released")
    return (
      <CellButton state="released" label={`${say("docs.releaseWhat")}: ${revealHidden(release.name)}`} title={revealHidden(release.name)} {...rest}>
        <span className={style["releaseName"]}>
          <Foreign>{release.name}</Foreign>
        </span>
      </CellButton>
    );
  const what = say(`docs.release.${release.state}`);
  return (
    <CellButton state={release.state === "none" ? "gaps" : "later"} label={`${say("docs.releaseWhat")}: ${what}`} title={what} {...rest}>
      {release.state === "none" ? (
        <>
          <StateShape state="gaps" /> {say("docs.release.noneShort")}
        </>
      ) : (
        "–"
      )}
    </CellButton>
  );
}
