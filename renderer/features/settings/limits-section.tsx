import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { processStages, type ProcessStage } from "../../../core/domain/stage/stage.ts";
import { limitFrom, type WipLimits } from "../../../core/domain/stage/wip-limits.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import own from "./limits.module.css";
import style from "./settings.module.css";

/** How many issues should be in progress in each stage of a repository. */
export function LimitsSection(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const [chosen, setChosen] = useState<string>();
  const projects = useQuery(queries.projects.list.queryOptions());
  const limits = useQuery(queries.board.watchLimits.experimental_liveOptions());
  const repository = chosen ?? projects.data?.[0]?.repository;
  const fault = limits.failureReason ?? projects.failureReason;
  return (
    <>
      <h2 className={style["title"]}>{say("settings.limits")}</h2>
      <p className={style["lead"]}>{say("settings.limits.lead")}</p>
      {projects.data && limits.data && repository !== undefined ? (
        <>
          <NativeSelect
            size="xs"
            className={own["where"]}
            label={say("board.repository")}
            value={repository}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            data={projects.data.map((project) => project.repository)}
          />
          {/* Anew when somebody else has changed them: what is shown is what counts. */}
          <LimitsForm key={JSON.stringify([repository, limits.data[repository]])} repository={repository} limits={limits.data[repository] ?? {}} />
        </>
      ) : fault ? (
        <Failure error={fault} />
      ) : (
        <p className={style["note"]}>{say(projects.data?.length === 0 ? "settings.projects.empty.title" : "state.loading")}</p>
      )}
    </>
  );
}

function LimitsForm({ repository, limits }: { readonly repository: string; readonly limits: WipLimits }): ReactElement {
  const { say } = useSpeech();
  const [written, setWritten] = useState<Partial<Record<ProcessStage, string | number>>>(limits);
  const save = useMutation(useHostQueries().board.setLimits.mutationOptions());
  const wanted = processStages.map((stage) => ({ stage, value: limitFrom(written[stage] ?? "") }));
  const isWrong = wanted.some(({ value }) => value === "wrong");
  const changes = wanted.flatMap(({ stage, value }) => (value === "wrong" || value === (limits[stage] ?? null) ? [] : [[stage, value] as const]));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (changes.length > 0 && !isWrong && !save.isPending) save.mutate({ repository, changes: Object.fromEntries(changes) });
      }}
    >
      <fieldset className={own["stages"]}>
        <legend>{say("settings.limits.each")}</legend>
        {wanted.map(({ stage, value }) => (
          <NumberInput
            key={stage}
            size="xs"
            label={say(`board.stage.${stage}`)}
            placeholder={say("board.limit.none")}
            allowNegative={false}
            decimalScale={0}
            hideControls
            error={value === "wrong" ? say("board.limit.wrong") : undefined}
            value={written[stage] ?? ""}
            onChange={(next) => setWritten((before) => ({ ...before, [stage]: next }))}
          />
        ))}
      </fieldset>
      <Failure error={save.error} />
      <Button type="submit" size="xs" disabled={changes.length === 0 || isWrong} loading={save.isPending}>
        {say("board.limit.save")}
      </Button>
    </form>
  );
}
