import { Button, Kbd } from "@mantine/core";
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./inbox.module.css";

interface SendingBarProps {
  readonly verdict: string;
  /** Seconds until it is sent. */
  readonly left: number;
  readonly takeBack: () => void;
}

/** What is about to be sent, and the way to take it back. */
export function SendingBar({ verdict, left, takeBack }: SendingBarProps): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["bar"]} role="status">
      {say("inbox.sending", { verdict, seconds: left })}
      <Button size="xs" variant="default" onClick={takeBack}>
        {say("inbox.undo")} <Kbd size="xs">z</Kbd>
      </Button>
    </div>
  );
}
