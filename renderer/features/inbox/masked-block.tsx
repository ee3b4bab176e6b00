import { Button } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { maskSecrets } from "../../../core/domain/kernel/secrets.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { ForeignBlock } from "../../ui/foreign-text.tsx";
import style from "./origin.module.css";

/** Somebody's text over several lines; what looks like a secret is hidden until the owner wants to see it. */
export function MaskedBlock({ children, label }: { readonly children: string; readonly label: string }): ReactElement {
  const { say } = useSpeech();
  const [isOpen, setOpen] = useState(false);
  const hidden = maskSecrets(children);
  return (
    <>
      <ForeignBlock label={label}>{isOpen ? children : hidden.text}</ForeignBlock>
      {hidden.masked === 0 ? undefined : (
        <Button
          className={style["reveal"] ?? ""}
          size="compact-xs"
          variant="subtle"
          aria-pressed={isOpen}
          leftSection={isOpen ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {say(isOpen ? "inbox.secrets.hide" : "inbox.secrets.show", { n: hidden.masked })}
        </Button>
      )}
    </>
  );
}

/** A text of one line with its secrets hidden; there is no showing them here. */
export function masked(text: string): string {
  return maskSecrets(text).text;
}
