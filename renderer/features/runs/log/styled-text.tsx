import type { ReactElement } from "react";
import type { StyledSpan, TextStyle } from "./ansi.ts";
import style from "./log.module.css";
import { segmentsOf, type MarkedRange } from "./segments.ts";

const noMarks: readonly MarkedRange[] = [];

/** One line with its colours and the marks of a search. The text was made fit to be shown when it was taken in. */
export function StyledText({
  text,
  spans,
  marks = noMarks,
}: {
  readonly text: string;
  readonly spans: readonly StyledSpan[];
  readonly marks?: readonly MarkedRange[];
}): ReactElement {
  if (spans.length === 0 && marks.length === 0) return <>{text}</>;
  return (
    <>
      {segmentsOf(text, spans, marks).map((segment, index) =>
        segment.hit ? (
          <mark key={index} className={classOf(segment.style)} data-current={segment.hit === "current" || undefined}>
            {segment.text}
          </mark>
        ) : (
          <span key={index} className={classOf(segment.style)}>
            {segment.text}
          </span>
        ),
      )}
    </>
  );
}

function classOf(given: TextStyle | undefined): string {
  if (!given) return "";
  const names = [given.ink, given.bold && "bold", given.faint && "faint", given.italic && "italic", given.underline && "underline"];
  return names.flatMap((name) => (name ? [style[name] ?? ""] : [])).join(" ");
}
