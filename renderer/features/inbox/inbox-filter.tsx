import { CloseButton, Kbd, TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import type { ReactElement, RefObject } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./inbox.module.css";

interface InboxFilterProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Goes on to the list. */
  readonly leave: () => void;
}

/** Words that everything in the list has. */
export function InboxFilter({ field, text, setText, leave }: InboxFilterProps): ReactElement {
  const { say } = useSpeech();
  return (
    <TextInput
      ref={field}
      size="xs"
      className={style["filter"]}
      aria-label={say("inbox.filter")}
      placeholder={say("inbox.filter")}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") setText("");
        if (!["Escape", "Enter", "ArrowDown"].includes(event.key)) return;
        event.currentTarget.blur();
        if (event.key !== "Escape") leave();
      }}
      leftSection={<IconFilter size={14} aria-hidden />}
      rightSection={text === "" ? <Kbd size="xs">/</Kbd> : <CloseButton size="xs" aria-label={say("inbox.filter.clear")} onClick={() => setText("")} />}
    />
  );
}
