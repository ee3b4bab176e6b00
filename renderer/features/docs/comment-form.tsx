import { NumberInput, Textarea } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./docs.module.css";
import { DraftForm } from "./draft-form.tsx";
import { linesOf } from "./line-diff.ts";
import type { CommentDraft, ReadDocument } from "./use-documents.ts";

interface CommentFormProps {
  readonly repository: string;
  readonly read: ReadDocument;
  /** Where to begin. */
  readonly line: number;
  readonly close: () => void;
}

/** A comment on a line, kept as a draft on this machine until it is sent. The line that it is about is shown while its number is chosen. */
export function CommentForm({ repository, read: { document, text }, line: first, close }: CommentFormProps): ReactElement {
  const { say } = useSpeech();
  const [line, setLine] = useState(first);
  const [body, setBody] = useState("");
  const lines = linesOf(text);
  const keep = useMutation({ ...useHostQueries().drafts.comment.mutationOptions(), onSuccess: close });
  const given = body.trim();
  return (
    <DraftForm
      label={say("docs.comment")}
      isReady={given !== ""}
      isPending={keep.isPending}
      error={keep.error}
      keep={() => keep.mutate({ repository, path: document.path, hash: document.hash, line, body: given })}
      close={close}
    >
      <div className={style["commentLine"]}>
        <NumberInput
          size="xs"
          w={96}
          label={say("docs.commentLine")}
          min={1}
          max={lines.length}
          clampBehavior="strict"
          allowDecimal={false}
          value={line}
          onChange={(value) => typeof value === "number" && setLine(value)}
        />
        <code>
          <Foreign>{(lines[line - 1] ?? "").slice(0, 300)}</Foreign>
        </code>
      </div>
      <Textarea autoFocus autosize minRows={2} maxRows={8} label={say("docs.comment")} value={body} onChange={(event) => setBody(event.currentTarget.value)} />
    </DraftForm>
  );
}

/** A comment that was drafted, at its line. */
export function DraftedComment({ draft: { body, isStale } }: { readonly draft: CommentDraft }): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["thread"]} data-draft>
      <div className={style["commentHead"]}>
        <IconPencil size={12} aria-hidden /> {say(isStale ? "docs.draftedStale" : "docs.drafted")}
      </div>
      <p className={style["draftBody"]}>{body}</p>
    </div>
  );
}
