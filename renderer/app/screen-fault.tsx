import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { Foreign } from "../ui/foreign-text.tsx";

/** In place of a screen that broke: a fault of ours on one screen takes none of the others along. */
export function ScreenFault({ error, reset }: ErrorComponentProps): ReactElement {
  const { say } = useSpeech();
  return (
    <div style={{ padding: 24, maxWidth: 720 }}>
      <Alert role="alert" variant="outline" color="var(--bad)" icon={<IconAlertTriangle size={16} />} title={say("fault.screen")}>
        <p style={{ margin: "0 0 8px" }}>
          <Foreign>{error instanceof Error ? error.message : String(error)}</Foreign>
        </p>
        <p style={{ margin: "0 0 16px" }}>{say("fault.screen.remedy")}</p>
        <Button size="xs" variant="default" onClick={reset}>
          {say("fault.screen.again")}
        </Button>
      </Alert>
    </div>
  );
}
