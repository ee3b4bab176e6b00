import { Button, Modal, NativeSelect, NumberInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { AllWipLimits, BoardCard } from "../../../core/contract/board.ts";
import { isProcessStage, processStages, type ProcessStage } from "../../../core/domain/stage/stage.ts";
import { isInProgress } from "../../../core/domain/stage/wip-limits.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import style from "./board.module.css";
import { columnName } from "./column-head.tsx";
import { limitFrom, type LimitPlace } from "./column-loads.ts";

interface Given {
  /** What is asked for; absent while nothing is. */
  readonly place: LimitPlace | undefined;
  readonly limits: AllWipLimits;
  readonly cards: readonly BoardCard[];
  readonly change: (place: LimitPlace) => void;
  readonly close: () => void;
}

/** Sets how many issues of a repository should be in progress in a stage, or takes the limit off. */
export function LimitDialog({ place, limits, cards, change, close }: Given): ReactElement {
  const { say } = useSpeech();
  const projects = useQuery(useHostQueries().projects.list.queryOptions()).data ?? [];
  const repository = place?.repository ?? projects[0]?.repository;
  return (
    <Modal opened={place !== undefined} onClose={close} title={say("board.limit.title")} size="sm" closeButtonProps={{ "aria-label": say("board.limit.cancel") }}>
      {place === undefined || repository === undefined ? undefined : (
        <div className={style["form"]}>
          <p className={style["quiet"]}>{say("board.limit.text")}</p>
          {projects.length > 1 ? (
            <NativeSelect
              label={say("board.repository")}
              value={repository}
              onChange={(event) => change({ ...place, repository: event.currentTarget.value })}
              data={projects.map((project) => project.repository)}
            />
          ) : undefined}
          <NativeSelect
            label={say("board.sheet.target")}
            value={place.stage}
            onChange={({ currentTarget: { value } }) => change({ repository, stage: processStages.find((stage) => stage === value) ?? place.stage })}
            data={processStages.map((stage) => ({ value: stage, label: columnName(stage, say) }))}
          />
          {/* Anew when somebody else has changed it: what is shown is what counts. */}
          <LimitForm
            key={[repository, place.stage, limits[repository]?.[place.stage]].join(" ")}
            repository={repository}
            stage={place.stage}
            limit={limits[repository]?.[place.stage]}
            inProgress={cards.filter((card) => card.repository === repository && card.stage === place.stage && isInProgress(card)).length}
            close={close}
          />
        </div>
      )}
    </Modal>
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
