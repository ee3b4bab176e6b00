import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { Foreign } from "./foreign-text.tsx";
import style from "./copy-text.module.css";

/** A text that belongs somewhere else as it is, with what copies it. */
export function CopyText({ name, text }: { readonly name: string; readonly text: string }): ReactElement {
  return (
    <div className={style["text"]}>
      <pre>
        <Foreign>{text}</Foreign>
      </pre>
      <CopyIcon name={name} text={text} />
    </div>
  );
}

/** Copies a text that stands beside it. */
export function CopyIcon({ name, text }: { readonly name: string; readonly text: string }): ReactElement {
  const { say } = useSpeech();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={say(copied ? "copy.copied" : "copy.copy")}>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`${say("copy.copy")}: ${name}`} onClick={copy}>
            {copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
