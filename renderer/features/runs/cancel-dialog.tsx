import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useState, type ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";

interface CancelDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCancel: (reason: string) => void;
  readonly busy: boolean;
  readonly error: unknown;
}

/** Asks why, and cancels. */
export function CancelDialog({ opened, onClose, onCancel, busy, error }: CancelDialogProps): ReactElement {
  const { say } = useSpeech();
  const [reason, setReason] = useState("");
  const given = reason.trim();
  const submit = (): void => {
    if (given !== "" && !busy) onCancel(given);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={say("runs.cancel.title")} closeButtonProps={{ "aria-label": say("runs.cancel.keep") }} size="md" centered>
      <Stack gap={16}>
        <span>{say("runs.cancel.text")}</span>
        <Textarea
          data-autofocus
          autosize
          minRows={3}
          maxRows={10}
          label={say("runs.cancel.reason")}
          description={say("runs.cancel.hint")}
          required
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        />
        <Failure error={error} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" size="xs" onClick={onClose}>
            {say("runs.cancel.keep")}
          </Button>
          <Button size="xs" color="red" variant="filled" disabled={given === ""} loading={busy} onClick={submit}>
            {say("runs.cancel.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
