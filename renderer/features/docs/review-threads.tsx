import { UnstyledButton } from "@mantine/core";
import { IconCircleCheck, IconMessageCircle } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Markdown } from "../../ui/markdown.tsx";
import style from "./docs.module.css";
import type { ReviewThread } from "./use-documents.ts";

interface ThreadsProps {
  readonly pull: number;
  readonly threads: UseQueryResult<ReviewThread[]>;
  readonly goTo: (line: number) => void;
}

/** The review threads of a pull request about one document, open ones first. */
export function ReviewThreads({ pull, threads, goTo }: ThreadsProps): ReactElement {
  const { say } = useSpeech();
  const open = threads.data?.filter((thread) => !thread.resolved) ?? [];
  const resolved = threads.data?.filter((thread) => thread.resolved) ?? [];
  return (
    <aside className={style["aside"]} aria-label={say("docs.threads")}>
      <h3>
        {say("docs.threads")} <span className={style["dim"]}>{say("docs.pull", { n: pull })}</span>
      </h3>
      {threads.failureReason === null ? undefined : <Failure error={threads.failureReason} />}
      {[...open, ...resolved].map((thread) => (
        <div key={thread.id} className={style["threadInAside"]}>
          {thread.line === undefined ? undefined : (
            <UnstyledButton className={style["link"]} onClick={() => goTo(thread.line ?? 1)}>
              {say("docs.line", { n: thread.line })}
            </UnstyledButton>
          )}
          <Thread thread={thread} />
        </div>
      ))}
    </aside>
  );
}

/** One thread with all that was said in it. */
export function Thread({ thread: { resolved, comments } }: { readonly thread: ReviewThread }): ReactElement {
  const { say } = useSpeech();
  const Shape = resolved ? IconCircleCheck : IconMessageCircle;
  return (
    <div className={style["thread"]} data-resolved={resolved}>
      {comments.map((comment, index) => (
        <div key={index} className={style["comment"]}>
          <div className={style["commentHead"]}>
            <strong>
              <Foreign>{comment.author}</Foreign>
            </strong>
            <Age at={comment.at} />
            {index === 0 ? (
              <span className={style["threadState"]}>
                <Shape size={12} aria-hidden /> {say(resolved ? "docs.resolved" : "docs.open")}
              </span>
            ) : undefined}
          </div>
          <Markdown text={comment.body} />
        </div>
      ))}
    </div>
  );
}
