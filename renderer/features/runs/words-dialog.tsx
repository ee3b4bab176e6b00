import { Button, Group, Kbd, Modal, Stack, Textarea } from "@mantine/core";
import { useState, type ReactElement } from "react";
import { Failure } from "../../ui/failure.tsx";

/** What the dialog says, in the owner's language. */
interface WordsDialogTexts {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly keep: string;
  readonly confirm: string;
}

interface WordsDialogProps {
  readonly texts: WordsDialogTexts;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Gets the words without the space around them; `done` forgets them. */
  readonly onConfirm: (words: string, done: () => void) => void;
  readonly busy: boolean;
  readonly error: unknown;
  /** What is confirmed ends something. */
  readonly ends?: boolean | undefined;
}

/** Asks for words of the owner's, and does nothing without any. They stay when what they were for is refused. */
export function WordsDialog({ texts, opened, onClose, onConfirm, busy, error, ends = false }: WordsDialogProps): ReactElement {
  const [text, setText] = useState("");
  const given = text.trim();
  const submit = (): void => {
    if (given !== "" && !busy) onConfirm(given, () => setText(""));
  };
  return (
    <Modal opened={opened} onClose={onClose} title={texts.title} closeButtonProps={{ "aria-label": texts.keep }} size="md" centered>
      <Stack gap={16}>
        <span>{texts.text}</span>
        <Textarea
          data-autofocus
          autosize
          required
          minRows={3}
          maxRows={10}
          maxLength={20_000}
          label={texts.label}
          description={texts.hint}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        />
        <Failure error={error} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" size="xs" onClick={onClose}>
            {texts.keep}
          </Button>
          <Button size="xs" {...(ends ? { color: "red", variant: "filled" } : {})} disabled={given === ""} loading={busy} onClick={submit}>
            {texts.confirm} <Kbd size="xs">Ctrl Enter</Kbd>
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
