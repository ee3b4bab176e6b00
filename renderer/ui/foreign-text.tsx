import type { ReactElement } from "react";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../i18n/language.tsx";
import style from "./foreign-text.module.css";

/**
 * Beyond this many UTF-16 units a text is cut, and how much is missing is said: laying out megabytes in one piece would stop the window. Whatever a decision is about is far shorter, because
 * the tools take no more.
 */
const longest = { line: 20_000, block: 500_000 } as const;

/** Text of an agent or a stranger, as text: what does not show or reorders the line is named, and its direction stays within it. */
export function Foreign({ children }: { readonly children: string }): ReactElement {
  return (
    <bdi className={style["text"]}>
      {revealHidden(children.slice(0, longest.line))}
      <Missing count={children.length - longest.line} />
    </bdi>
  );
}

/** The same for several lines in a fixed width. */
export function ForeignBlock({ children, label }: { readonly children: string; readonly label?: string | undefined }): ReactElement {
  return (
    <pre className={style["block"]} dir="ltr" tabIndex={0} aria-label={label}>
      {revealHidden(children.slice(0, longest.block))}
      <Missing count={children.length - longest.block} />
    </pre>
  );
}

function Missing({ count }: { readonly count: number }): ReactElement | undefined {
  const { say, language } = useSpeech();
  if (count <= 0) return undefined;
  return <em>{say("foreign.cut", { n: new Intl.NumberFormat(language).format(count) })}</em>;
}
