import { IconArrowBarToRight, IconSquare, IconSquareDashed, IconSquareFilled, IconSquareHalf, IconSquareX, type Icon } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import type { DocumentState } from "./docset-view.ts";
import style from "./docs.module.css";
import type { TraceState } from "./trace-matrix.ts";

const shapes: Readonly<Record<DocumentState | TraceState, Icon>> = {
  approved: IconSquareFilled,
  in_review: IconSquareHalf,
  present: IconSquareHalf,
  draft: IconSquare,
  gone: IconSquareX,
  missing: IconSquareDashed,
  gaps: IconSquareDashed,
  later: IconSquareDashed,
  skipped: IconArrowBarToRight,
};

/** The shape of a state, in its colour. The word stands beside it. */
export function StateShape({ state }: { readonly state: DocumentState | TraceState }): ReactElement {
  const Shape = shapes[state];
  return <Shape className={style["state"]} data-state={state} size={12} stroke={2} aria-hidden />;
}

export function StateWord({ state }: { readonly state: DocumentState }): ReactElement {
  const { say } = useSpeech();
  return (
    <span className={style["state"]} data-state={state}>
      {say(`docs.state.${state}`)}
    </span>
  );
}
