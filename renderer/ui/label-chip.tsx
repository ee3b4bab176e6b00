import type { ReactElement, ReactNode } from "react";
import style from "./label-chip.module.css";

/** What becomes of a label; `kept` is there before and after. */
export type LabelFate = "removed" | "added" | "kept";

const signs: Readonly<Record<LabelFate, string>> = { removed: "−", added: "+", kept: "" };

/** A label of the forge, or another short word that is or is not there: its sign says as much as its colour. */
export function LabelChip({
  fate,
  sign = signs[fate],
  children,
}: {
  readonly fate: LabelFate;
  readonly sign?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span className={style["chip"]} data-fate={fate}>
      {sign === "" ? undefined : `${sign} `}
      {children}
    </span>
  );
}
