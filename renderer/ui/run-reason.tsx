import { Fragment, type ReactElement } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { Foreign } from "./foreign-text.tsx";
import type { Reason, Words } from "./run-reason-words.ts";

/** What a run waits for, or why it ended. What is not the window's own stands apart, also within a sentence. */
export function RunReason({ reason: { says, list } }: { readonly reason: Reason }): ReactElement {
  return (
    <>
      <Said words={says} />
      {list.map((words, index) => (
        <Fragment key={index}>
          {index === 0 ? " " : "; "}
          <Said words={words} />
        </Fragment>
      ))}
    </>
  );
}

function Said({ words }: { readonly words: Words }): ReactElement {
  const { say } = useSpeech();
  if ("own" in words) return <Foreign>{words.own}</Foreign>;
  // The places of the values are still in it.
  const parts = say(words.text).split(/\{(\w+)\}/u);
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <Foreign key={index}>{String(words.values[part] ?? "")}</Foreign>))}</>;
}
