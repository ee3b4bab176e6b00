import { Button, Modal, NativeSelect, NumberInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { isProcessStage, processStages, type ProcessStage } from "../../../core/domain/stage/stage.ts";
import { isInProgress, limitFrom } from "../../../core/domain/stage/wip-limits.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useBoard } from "../../host-client/live-list.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import style from "./board.module.css";
import { columnName } from "./column-head.tsx";
import type { BoardCard } from "./board-view.ts";
import type { LimitPlace } from "./column-loads.ts";

interface Given {
  /** What is asked for; absent while nothing is. */
  readonly place: LimitPlace | undefined;
  readonly change: (place: LimitPlace) => void;
  readonly close: () => void;
}

/** Sets how many issues of a repository should be in progress in a stage, or takes the limit off. */
export function LimitDialog({ place, change, close }: Given): ReactElement {
  const { say } = useSpeech();
  return (
    <Modal
      opened={place !== undefined}
      onClose={close}
      title={say("board.limit.title")}
      size="sm"
      closeButtonProps={{ "aria-label": say("board.limit.cancel") }}
    >
      {place ? <Limit place={place} change={change} close={close} /> : undefined}
    </Modal>
  );
}

function Limit({ place, change, close }: Given & { readonly place: LimitPlace }): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const projects = useQuery(queries.projects.list.queryOptions()).data ?? [];
  const limits = useQuery(queries.board.watchLimits.experimental_liveOptions()).data ?? {};
  const cards = useBoard().data?.rows ?? [];
  const { stage, repository = projects[0]?.repository } = place;
  if (repository === undefined) return <p className={style["quiet"]}>{say("settings.projects.empty.title")}</p>;
  const limit = limits[repository]?.[stage];
  return (
    <div className={style["form"]}>
      <p className={style["quiet"]}>{say("board.limit.text")}</p>
      {projects.length > 1 ? (
        <NativeSelect
          label={say("board.repository")}
          value={repository}
          onChange={({ currentTarget }) => change({ stage, repository: currentTarget.value })}
          data={projects.map((project) => project.repository)}
        />
      ) : undefined}
      <NativeSelect
        label={say("board.sheet.target")}
        value={stage}
        onChange={({ currentTarget: { value } }) => change({ repository, stage: processStages.find((known) => known === value) ?? stage })}
        data={processStages.map((known) => ({ value: known, label: columnName(known, say) }))}
      />
      {/* Anew when somebody else has changed it: what is shown is what counts. */}
      <LimitForm
        key={[repository, stage, limit].join(" ")}
        repository={repository}
        stage={stage}
        limit={limit}
        inProgress={cards.filter((card) => card.repository === repository && card.stage === stage && isInProgress(card)).length}
        close={close}
      />
    </div>
  );
}

interface FormGiven {
  readonly repository: string;
  readonly stage: ProcessStage;
  readonly limit: number | undefined;
  readonly inProgress: number;
  readonly close: () => void;
}

function LimitForm({ repository, stage, limit, inProgress, close }: FormGiven): ReactElement {
  const { say } = useSpeech();
  const [written, setWritten] = useState<string | number>(limit ?? "");
  const save = useMutation({ ...useHostQueries().board.setLimits.mutationOptions(), onSuccess: close });
  const wanted = limitFrom(written);
  return (
    <form
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== "wrong" && !save.isPending) save.mutate({ repository, changes: { [stage]: wanted } });
      }}
    >
      <NumberInput
        label={say("board.limit.most")}
        description={say("board.limit.begun", { n: inProgress })}
        placeholder={say("board.limit.none")}
        allowNegative={false}
        decimalScale={0}
        hideControls
        error={wanted === "wrong" ? say("board.limit.wrong") : undefined}
        value={written}
        onChange={setWritten}
        data-autofocus
      />
      <Failure error={save.error} />
      <div className={style["formFoot"]}>
        <Button type="submit" disabled={wanted === "wrong"} loading={save.isPending}>
          {say("board.limit.save")}
        </Button>
        <Button variant="default" onClick={close}>
          {say("board.limit.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** The column that a key means: that of the chosen card, or else the first one of the process. */
export function limitPlace(card: BoardCard | undefined, repository: string | undefined): LimitPlace {
  const stage = card?.stage !== undefined && isProcessStage(card.stage) ? card.stage : processStages[0];
  return { repository: repository ?? card?.repository, stage };
}
