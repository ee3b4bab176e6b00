import { Button, Kbd, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { countHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { readStrictJson, type JsonFault } from "../../../core/domain/kernel/strict-json.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import style from "./inbox.module.css";
import { faultSentence } from "./json-fault.ts";
import type { UnsentEdit } from "./unsent-edits.ts";

interface EditFormProps {
  readonly card: InboxCard;
  /** The arguments as the host gave them to be edited. */
  readonly editable: string;
  readonly unsent: UnsentEdit;
  readonly close: () => void;
}

/**
 * The exact arguments, to be written anew. Sending them approves nothing: another request takes the place of this one, and its card shows what would happen then. What was written stays until
 * it was taken, whatever is refused.
 */
export function EditForm({ card, editable, unsent, close }: EditFormProps): ReactElement {
  const { say } = useSpeech();
  const text = unsent.text ?? editable;
  const fault = faultOf(text);
  const edit = useEdit(card, unsent);
  const submit = (): void => {
    if (fault === undefined && !edit.isPending) edit.mutate({ id: card.id, arguments: text, surface: "desktop", digest: card.digest });
  };
  const hidden = countHidden(text);
  return (
    <div className={style["bar"]}>
      <div className={style["form"]}>
        {edit.error ? <Failure error={edit.error} /> : undefined}
        <Textarea
          autoFocus
          autosize
          minRows={5}
          maxRows={18}
          spellCheck={false}
          classNames={{ input: style["source"] ?? "" }}
          label={say("inbox.edit.label", { tool: card.tool })}
          description={say("inbox.edit.what")}
          error={fault === undefined ? undefined : faultSentence(fault, say)}
          value={text}
          onChange={(event) => {
            edit.reset();
            unsent.keep(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        />
        {hidden > 0 ? <span role="status">{say("inbox.edit.hidden", { count: hidden })}</span> : undefined}
        <div className={style["actions"]}>
          <Button size="xs" disabled={fault !== undefined} loading={edit.isPending} onClick={submit}>
            {say("inbox.edit.send")} <Kbd size="xs">Ctrl Enter</Kbd>
          </Button>
          <Button size="xs" variant="default" onClick={close}>
            {say("inbox.edit.leave")} <Kbd size="xs">Esc</Kbd>
          </Button>
          <Button size="xs" variant="subtle" disabled={text === editable} onClick={unsent.forget}>
            {say("inbox.edit.reset")}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Hands the edit in; the card that comes back is the one to decide on. */
function useEdit({ id }: InboxCard, unsent: UnsentEdit) {
  const queries = useHostQueries();
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    ...queries.inbox.edit.mutationOptions(),
    onSuccess: (next) => {
      unsent.forget();
      cache.setQueryData(queries.inbox.get.queryKey({ input: { id: next.id } }), next);
      void navigate({ to: "/inbox/{-$id}", params: { id: next.id } });
    },
    // Whatever was refused: what is shown is how it is now.
    onSettled: () => cache.invalidateQueries({ queryKey: queries.inbox.get.queryKey({ input: { id } }) }),
  });
}

function faultOf(text: string): JsonFault | undefined {
  const read = readStrictJson(text);
  return read.ok ? undefined : read.error;
}
