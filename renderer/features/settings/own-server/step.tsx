import { Button } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { Check } from "../../../../core/contract/connection.ts";
import { useSpeech } from "../../../i18n/language.tsx";
import { Failure } from "../../../ui/failure.tsx";
import { CheckRow } from "../check-row.tsx";
import style from "../settings.module.css";
import own from "./own-server.module.css";

interface StepProps {
  readonly title: string;
  readonly lead?: string;
  readonly isDone?: boolean;
  /** Its turn has not come. */
  readonly isLater?: boolean;
  readonly children: ReactNode;
}

/** One of the steps that are gone one after the other. */
export function Step({ title, lead, isDone = false, isLater = false, children }: StepProps): ReactElement {
  const { say } = useSpeech();
  return (
    <li className={own["step"]} data-later={isLater || undefined}>
      <h3>
        {title}
        {isDone ? (
          <span className={own["done"]}>
            <IconCircleCheckFilled size={14} aria-hidden /> {say("server.done")}
          </span>
        ) : undefined}
      </h3>
      {lead === undefined ? undefined : <p className={style["note"]}>{lead}</p>}
      {children}
    </li>
  );
}

interface TryFormProps {
  readonly isReady: boolean;
  readonly isTrying: boolean;
  readonly onTry: () => void;
  readonly children: ReactNode;
}

/** What a step needs to be told, and what tries it. */
export function TryForm({ isReady, isTrying, onTry, children }: TryFormProps): ReactElement {
  const { say } = useSpeech();
  return (
    <form
      className={own["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isTrying) onTry();
      }}
    >
      {children}
      <Button type="submit" variant="default" disabled={!isReady} loading={isTrying}>
        {say("server.check")}
      </Button>
    </form>
  );
}

/** What a step has found, or why it could not look. */
export function Found({ checks, error }: { readonly checks?: readonly Check[] | undefined; readonly error: unknown }): ReactElement | undefined {
  if (error) return <Failure error={error} />;
  if (!checks) return undefined;
  return (
    <ul className={style["rows"]} role="status">
      {checks.map((check) => (
        <CheckRow key={check.id} check={check} />
      ))}
    </ul>
  );
}
