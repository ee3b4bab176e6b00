import { ActionIcon, Button } from "@mantine/core";
import { IconInfoCircle, IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./board.module.css";
import type { OpenedIssue } from "./new-issue.tsx";

/** After an issue was opened: that nothing happens to it by itself, and what would start it. */
export function OpenedHint({ issue, move, hide }: { readonly issue: OpenedIssue; readonly move: () => void; readonly hide: () => void }): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["hint"]} role="status">
      <IconInfoCircle size={16} aria-hidden /> {say("board.issue.opened", { n: issue.issue })}
      <Button size="xs" variant="default" onClick={move}>
        {say("board.issue.toIntake")}
      </Button>
      <ActionIcon variant="subtle" color="gray" aria-label={say("board.issue.dismiss")} onClick={hide}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}
