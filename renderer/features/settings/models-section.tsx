import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { reasoningLevels, type ModelProfile } from "../../../core/domain/run/run.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { LabelChip } from "../../ui/label-chip.tsx";
import own from "./models.module.css";
import { ModelsTable } from "./models-table.tsx";
import style from "./settings.module.css";

const days = 30;

/** Which models runs use, what chooses them, and what they were used for. */
export function ModelsSection(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().models.used.queryOptions({ input: { days } }));
  return (
    <>
      <h2 className={style["title"]}>{say("settings.models")}</h2>
      <p className={style["lead"]}>{say("models.lead")}</p>
      {data ? (
        <>
          <div className={style["choice"]}>
            <h3>{say("models.default")}</h3>
            <Default profile={data.default} />
          </div>
          <div className={style["choice"]}>
            <h3>{say("models.labels")}</h3>
            <ByLabel />
          </div>
          <section className={style["part"]}>
            <h3>{say("models.used", { days })}</h3>
            {data.models.length === 0 ? undefined : <ModelsTable models={data.models} />}
            <p className={style["note"]}>{say(data.models.length === 0 ? "models.used.none" : "models.cost.note")}</p>
            <Link to="/settings/{-$section}" params={{ section: "budgets" }} className={style["link"]}>
              {say("models.budgets")}
            </Link>
          </section>
        </>
      ) : failureReason ? (
        <Failure error={failureReason} />
      ) : (
        <p className={style["note"]}>{say("state.loading")}</p>
      )}
    </>
  );
}

function Default({ profile }: { readonly profile: (ModelProfile & { readonly isScripted: boolean }) | undefined }): ReactElement {
  const { say } = useSpeech();
  if (profile === undefined) return <p className={own["text"]}>{say("models.default.server")}</p>;
  const { model, reasoning, isScripted } = profile;
  return (
    <div className={own["text"]}>
      <strong>
        <Foreign>{say("models.default.is", { model, level: say(`models.level.${reasoning}`) })}</Foreign>
      </strong>
      <p>{say(isScripted ? "models.default.scripted" : "models.default.configured")}</p>
    </div>
  );
}

function ByLabel(): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={own["text"]}>
      <p>
        {say("models.labels.model")} <LabelChip fate="kept">{say("models.labels.example")}</LabelChip>
      </p>
      <p>{say("models.labels.reasoning")}</p>
      <ul className={own["levels"]}>
        {reasoningLevels.map((level) => (
          <li key={level}>
            <LabelChip fate="kept">{`[ai-reasoning-${level}]`}</LabelChip> {say(`models.level.${level}`)}
          </li>
        ))}
      </ul>
      <p>{say("models.labels.conflict")}</p>
      <Link to="/settings/{-$section}" params={{ section: "labels" }} className={style["link"]}>
        {say("models.labels.link")}
      </Link>
    </div>
  );
}
