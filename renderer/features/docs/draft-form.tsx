import { Button, Kbd } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import style from "./docs.module.css";

interface DraftFormProps {
  readonly label: string;
  /** Whether it may be kept as it stands. */
  readonly isReady: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly keep: () => void;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Words of the owner on a document, to be kept as a draft: Ctrl Enter keeps them, Esc leaves. */
export function DraftForm({ label, isReady, isPending, error, keep, close, children }: DraftFormProps): ReactElement {
  const { say } = useSpeech();
  const submit = (): void => {
    if (isReady && !isPending) keep();
  };
  return (
    <form
      className={style["commentForm"]}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      {children}
      <Failure error={error} />
      <div className={style["commentActions"]}>
        <Button size="xs" type="submit" disabled={!isReady} loading={isPending}>
          {say("docs.keepComment")} <Kbd size="xs">Ctrl Enter</Kbd>
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          {say("docs.dropComment")} <Kbd size="xs">Esc</Kbd>
        </Button>
      </div>
    </form>
  );
}
