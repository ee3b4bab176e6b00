import { Spotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/language.tsx";
import { places } from "./places.ts";

/** Everything that can be gone to or done, by its name. */
export function Palette(): ReactElement {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const actions = places.map(({ to, text }) => ({ id: to, label: say(text), onClick: () => void navigate({ to, params: {} }) }));
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      tagsToIgnore={[]}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: say("shell.search") }}
    />
  );
}
