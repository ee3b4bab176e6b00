import { Link } from "@tanstack/react-router";
import { Fragment, type ReactElement } from "react";
import type { UsedBy } from "../../core/contract/knowledge.ts";
import { useSpeech } from "../i18n/language.tsx";
import { moment } from "./moment.ts";
import { byUse, ownWords } from "./used-by-groups.ts";
import style from "./used-by.module.css";

/** Which runs have used a document, or had to do with a decision or a transcript, each a link to its run; in one line, as far as there is room. */
export function UsedByLine({ usedBy }: { readonly usedBy: UsedBy | undefined }): ReactElement {
  const { say } = useSpeech();
  if (usedBy === undefined) return <p className={style["used"]}>{say("used.unknown")}</p>;
  if (usedBy.count === 0) return <p className={style["used"]}>{say("used.none")}</p>;
  const more = usedBy.count - usedBy.runs.length;
  return (
    <p className={style["used"]}>
      {ownWords(usedBy) ? undefined : <span>{usedBy.count === 1 ? say("used.one") : say("used.many", { n: usedBy.count })} </span>}
      {byUse(usedBy).map(({ how, runs }, group) => (
        <Fragment key={how}>
          {group === 0 ? "" : " · "}
          {say(`used.${how}`)}{" "}
          {runs.map((run, index) => (
            <Fragment key={run.run}>
              {index === 0 ? "" : ", "}
              <RunLink run={run} />
            </Fragment>
          ))}
        </Fragment>
      ))}
      {more > 0 ? ` ${say("used.more", { n: more })}` : ""}
    </p>
  );
}

function RunLink({ run: { run, stage, issue, role, how, at } }: { readonly run: UsedBy["runs"][number] }): ReactElement {
  const { say, language } = useSpeech();
  const ways = how.map((way) => say(`used.way.${way}`)).join(", ");
  return (
    <Link to="/runs/{-$id}" params={{ id: run }} title={`${say("runs.role", { role })} · ${ways} · ${moment(at, language)}`}>
      {say("runs.name", { stage, issue })}
    </Link>
  );
}
