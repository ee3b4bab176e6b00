import { IconBrandGithub, IconRobot, IconServer, IconUser, type Icon } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./audit.module.css";

const shapes: Readonly<Record<FlowEventRow["actor"]["type"], Icon>> = { person: IconUser, agent: IconRobot, system: IconServer, forge: IconBrandGithub };

/** Who did it: a shape for what they are, and their name. */
export function ActorName({ actor: { type, id } }: { readonly actor: FlowEventRow["actor"] }): ReactElement {
  const { say } = useSpeech();
  const Shape = shapes[type];
  return (
    <span className={style["actor"]} title={`${say(`audit.actor.${type}`)} ${revealHidden(id)}`}>
      <Shape size={13} stroke={1.7} role="img" aria-label={say(`audit.actor.${type}`)} />
      <span>
        <Foreign>{id}</Foreign>
      </span>
    </span>
  );
}
