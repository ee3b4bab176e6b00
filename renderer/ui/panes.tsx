import type { ReactElement, ReactNode } from "react";
import style from "./panes.module.css";

/** A list on the left, what is chosen from it on the right. */
export function Panes({ head, list, children }: { readonly head: ReactNode; readonly list: ReactNode; readonly children: ReactNode }): ReactElement {
  return (
    <div className={style["panes"]}>
      <div className={style["master"]}>
        <div className={style["head"]}>{head}</div>
        <div className={style["scroll"]}>{list}</div>
      </div>
      <div className={style["detail"]}>{children}</div>
    </div>
  );
}

/** What stands where nothing is: what it means, and what can be done. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactElement {
  return (
    <div className={style["empty"]}>
      <strong>{title}</strong>
      {children === undefined ? undefined : <span>{children}</span>}
    </div>
  );
}

/** A titled part of a detail. */
export function Section({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }): ReactElement {
  return (
    <section className={style["section"]}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
