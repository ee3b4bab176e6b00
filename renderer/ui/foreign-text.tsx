import type { ReactElement } from "react";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import style from "./foreign-text.module.css";

/** Text of an agent or a stranger, as text: what does not show or reorders the line is named, and its direction stays within it. */
export function Foreign({ children }: { readonly children: string }): ReactElement {
  return <bdi className={style["text"]}>{revealHidden(children)}</bdi>;
}

/** The same for several lines in a fixed width. */
export function ForeignBlock({ children, label }: { readonly children: string; readonly label?: string | undefined }): ReactElement {
  return (
    <pre className={style["block"]} dir="ltr" tabIndex={0} aria-label={label}>
      {revealHidden(children)}
    </pre>
  );
}
