import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useLinkState } from "../host-client/host-context.tsx";
import { useSpeech } from "../i18n/language.tsx";
import { Foreign } from "./foreign-text.tsx";

/** What the host refused or could not do: what happened, and what to do. */
export function Failure({ error }: { readonly error: unknown }): ReactElement | undefined {
  const { say } = useSpeech();
  const isLost = useLinkState().phase === "lost";
  if (error === null || error === undefined) return undefined;
  const isAway = isLost && !("data" in Object(error));
  const { message, remedy } = isAway ? { message: say("failure.away"), remedy: say("failure.away.remedy") } : failureOf(error);
  return (
    <Alert role="alert" variant="outline" color="var(--bad)" icon={<IconAlertTriangle size={16} />} title={<Foreign>{message}</Foreign>}>
      {remedy === undefined ? undefined : <Foreign>{remedy}</Foreign>}
    </Alert>
  );
}

/** The message and the remedy of whatever a call of the host threw. */
export function failureOf(error: unknown): { readonly message: string; readonly remedy?: string | undefined } {
  const message = error instanceof Error ? error.message : String(error);
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : undefined;
  const remedy = typeof data === "object" && data !== null && "remedy" in data && typeof data.remedy === "string" ? data.remedy : undefined;
  return { message, remedy };
}
