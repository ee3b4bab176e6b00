import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, type ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./docs.module.css";
import { linesOf } from "./line-diff.ts";
import { DraftedComment } from "./comment-form.tsx";
import { Thread } from "./review-threads.tsx";
import type { CommentDraft, ReviewThread } from "./use-documents.ts";

/** Where to go to; `at` tells two wishes for the same line apart. */
export interface LineWish {
  readonly line: number;
  readonly at: number;
}

interface SourceProps {
  readonly text: string;
  readonly threads: readonly ReviewThread[];
  /** The owner's own comments, which nobody else has heard of. */
  readonly drafts: readonly CommentDraft[];
  readonly wish?: LineWish | undefined;
  readonly comment: (line: number) => void;
}

/** A document as it stands in its file, with the review threads and drafted comments under the lines that they are about. A line's number is where one comments on it. */
export function SourceView({ text, threads, drafts, wish, comment }: SourceProps): ReactElement {
  const { say } = useSpeech();
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(text), [text]);
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => 20, overscan: 30 });
  useEffect(() => {
    if (wish) rows.scrollToIndex(wish.line - 1, { align: "center" });
  }, [wish, rows]);
  return (
    <div ref={scroller} className={style["lines"]} tabIndex={0} role="region" aria-label={say("docs.source")}>
      <div style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map(({ index, start, key }) => (
          <div key={key} ref={rows.measureElement} data-index={index} className={style["row"]} style={{ transform: `translateY(${start}px)` }}>
            <div className={style["line"]} data-wished={wish?.line === index + 1}>
              <UnstyledButton className={style["number"]} tabIndex={-1} title={say("docs.commentOn", { n: index + 1 })} onClick={() => comment(index + 1)}>
                {index + 1}
              </UnstyledButton>
              <span className={style["text"]}>
                <LineText text={lines[index] ?? ""} />
              </span>
            </div>
            {threads
              .filter((thread) => thread.line === index + 1)
              .map((thread) => (
                <div key={thread.id} className={style["threadInLine"]}>
                  <Thread thread={thread} />
                </div>
              ))}
            {drafts
              .filter((draft) => draft.line === index + 1)
              .map((draft) => (
                <div key={draft.id} className={style["threadInLine"]}>
                  <DraftedComment draft={draft} />
                </div>
              ))}
          </div>
        ))}
      </div>
    </div>
  );
}

const longest = 5_000;

/** A line of a file; of one that nobody reads to its end, only its beginning. */
export function LineText({ text }: { readonly text: string }): ReactElement {
  const { say, language } = useSpeech();
  if (text.length <= longest) return <Foreign>{text}</Foreign>;
  return (
    <>
      <Foreign>{text.slice(0, longest)}</Foreign> <em>{say("docs.lineCut", { n: new Intl.NumberFormat(language).format(text.length - longest) })}</em>
    </>
  );
}
