import { Button, Group, Kbd, Modal, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";

interface NoteDialogProps {
  readonly id: string;
  readonly opened: boolean;
  readonly close: () => void;
}

/** Words of the owner's that a run's agent gets with its next turn. What was written stays when the run refuses it. */
export function NoteDialog({ id, opened, close }: NoteDialogProps): ReactElement {
  const { say } = useSpeech();
  const [text, setText] = useState("");
  const send = useMutation(
    useHostQueries().runs.note.mutationOptions({
      onSuccess() {
        setText("");
        notifications.show({ message: say("runs.note.sent") });
        close();
      },
    }),
  );
  const given = text.trim();
  const submit = (): void => {
    if (given !== "" && !send.isPending) send.mutate({ id, text: given });
  };
  return (
    <Modal opened={opened} onClose={close} title={say("runs.note.title")} size="md" centered closeButtonProps={{ "aria-label": say("inbox.cancel") }}>
      <Stack gap={16}>
        <span>{say("runs.note.text")}</span>
        <Textarea
          data-autofocus
          autosize
          minRows={3}
          maxRows={10}
          maxLength={20_000}
          label={say("runs.note.words")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        />
        <Failure error={send.error} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" size="xs" onClick={close}>
            {say("inbox.cancel")}
          </Button>
          <Button size="xs" disabled={given === ""} loading={send.isPending} onClick={submit}>
            {say("runs.note.send")} <Kbd size="xs">Ctrl Enter</Kbd>
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
