import { NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import { useProjectChoice } from "../host-client/project-choice.ts";
import { useSpeech } from "../i18n/language.tsx";
import style from "./shell.module.css";

/** Which project the window is about; nothing where there is one only. */
export function ProjectSwitch(): ReactElement | undefined {
  const { say } = useSpeech();
  const { project, choose, projects } = useProjectChoice();
  if (projects.length < 2) return undefined;
  return (
    <NativeSelect
      className={style["project"]}
      size="xs"
      aria-label={say("shell.project")}
      title={revealHidden(project ?? "")}
      value={project ?? ""}
      onChange={({ currentTarget }) => choose(currentTarget.value || undefined)}
      data={[{ value: "", label: say("shell.everyProject") }, ...projects]}
    />
  );
}
