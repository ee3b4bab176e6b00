import { IconAlertTriangleFilled, IconCircle, IconCircleCheckFilled, IconCircleDashed, IconRobot } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType, ReactElement } from "react";
import type { PersonRight } from "../../../core/contract/people.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import own from "./people.module.css";
import style from "./settings.module.css";
import { standingOf, type Standing } from "./standing.ts";

interface Look {
  readonly shape: ComponentType<{ size?: number }>;
  readonly level: "good" | "warn" | "plain";
}

const warning: Look = { shape: IconAlertTriangleFilled, level: "warn" };
const looks: Readonly<Record<Standing, Look>> = {
  decides: { shape: IconCircleCheckFilled, level: "good" },
  "key-only": warning,
  "right-only": { shape: IconCircle, level: "plain" },
  nothing: { shape: IconCircleDashed, level: "plain" },
  agents: { shape: IconRobot, level: "plain" },
  "agents-app": { shape: IconRobot, level: "plain" },
  "agents-weak": warning,
  "agents-person": warning,
};

/** What people and agents may do in a repository, and what it comes to together with their keys. */
export function RightsTable({ repository }: { readonly repository: string }): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().people.rights.queryOptions({ input: { repository } }));
  if (!data) return failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>;
  return (
    <>
      <table className={own["rights"]}>
        <thead>
          <tr>
            {(["login", "right", "standing"] as const).map((column) => (
              <th key={column} scope="col">
                {say(`people.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.people.map((person) => (
            <Row key={person.login} person={person} />
          ))}
        </tbody>
      </table>
      {data.more > 0 ? <p className={style["note"]}>{say("people.more", { n: data.more })}</p> : undefined}
      {data.isComplete ? undefined : <p className={style["note"]}>{say("people.incomplete")}</p>}
    </>
  );
}

function Row({ person }: { readonly person: PersonRight }): ReactElement {
  const { say } = useSpeech();
  const { login, permission, isYou, isAgents } = person;
  const standing = standingOf(person);
  const { shape: Shape, level } = looks[standing];
  return (
    <tr>
      <th scope="row">
        <span className={own["person"]}>
          <Foreign>{login}</Foreign>
          {isYou ? <span className={style["mark"]}>{say("people.you")}</span> : undefined}
          {isAgents ? <span className={style["mark"]}>{say("people.agents")}</span> : undefined}
        </span>
      </th>
      <td>{say(`people.right.${permission ?? "app"}`)}</td>
      <td>
        <span className={own["standing"]} data-level={level}>
          <Shape size={14} aria-hidden /> {say(`people.standing.${standing}`)}
        </span>
      </td>
    </tr>
  );
}
