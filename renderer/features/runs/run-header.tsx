import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import type { RunDetail } from "../../../core/contract/runs.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { ChecksSign } from "../../ui/checks.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { MeterLine } from "../../ui/meter.tsx";
import { RunReason } from "../../ui/run-reason.tsx";
import { plainReason } from "../../ui/run-reason-words.ts";
import { StallLine } from "../../ui/stall.tsx";
import { PhaseShape, toneOf } from "./run-phase.tsx";
import { actionsOn, allTokens, compact, dollars, statusOf } from "./run-status.ts";
import style from "./runs.module.css";
import { TellOrRerun } from "./tell-or-rerun.tsx";
import { WordsDialog } from "./words-dialog.tsx";

interface RunHeaderProps {
  readonly run: RunDetail;
  readonly title: string | undefined;
  readonly listShown: boolean;
  readonly onToggleList: () => void;
}

/** What the run is, in one sentence what it does or waits for, and what the owner can do about it. */
export function RunHeader({ run, title, listShown, onToggleList }: RunHeaderProps): ReactElement {
  const { say } = useSpeech();
  const label = say(listShown ? "runs.hideList" : "runs.showList");
  return (
    <header className={style["header"]}>
      <Tooltip label={label} openDelay={400}>
        <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={onToggleList}>
          {listShown ? <IconLayoutSidebarLeftCollapse size={16} /> : <IconLayoutSidebarLeftExpand size={16} />}
        </ActionIcon>
      </Tooltip>
      <h2 title={title === undefined ? undefined : revealHidden(title)}>
        {say("runs.name", { stage: run.stage, issue: run.issue })} {title === undefined ? undefined : <Foreign>{title}</Foreign>}
      </h2>
      <Actions run={run} />
      <div className={style["what"]}>
        <Sentence run={run} />
        <Facts run={run} />
      </div>
    </header>
  );
}

function Sentence({ run }: { readonly run: RunDetail }): ReactElement {
  const { say, language } = useSpeech();
  const { text, values, because } = statusOf(run, language);
  const said = because && plainReason(because, say);
  const noted = run.phase === "parked";
  return (
    <>
      <p className={style["status"]} data-tone={toneOf(run.phase)} role="status">
        <PhaseShape phase={run.phase} size={14} />
        <span title={said === undefined ? undefined : revealHidden(said)}>
          {say(text, values)}
          {because === undefined ? undefined : (
            <>
              : <RunReason reason={because} />
            </>
          )}
          {said !== undefined && /[.!?]$/u.test(said) ? "" : "."}
          {noted ? ` ${say("runs.status.parked.note")}` : ""}
        </span>
      </p>
      {run.stall ? (
        <p className={style["budget"]}>
          <StallLine stall={run.stall} />
        </p>
      ) : undefined}
      {run.budget ? <Budget budget={run.budget} /> : undefined}
    </>
  );
}

/** The limit that stopped it, or is about to, and the way to where it is raised. */
function Budget({ budget }: { readonly budget: NonNullable<RunDetail["budget"]> }): ReactElement {
  const { say } = useSpeech();
  return (
    <p className={style["budget"]}>
      <MeterLine meter={budget} />{" "}
      <Link to="/settings/{-$section}" params={{ section: "budgets" }}>
        {say("holds.budget.raise")}
      </Link>
    </p>
  );
}

function Facts({ run }: { readonly run: RunDetail }): ReactElement {
  const { say, language } = useSpeech();
  const tokens = allTokens(run.tokens);
  return (
    <p className={style["rowMeta"]}>
      <span>{run.repository}</span>
      <span>{say("runs.role", { role: run.role })}</span>
      {run.variant === "revise" ? <span>{say("runs.revise")}</span> : undefined}
      {run.attempt > 0 ? <span>{say("runs.attempt", { attempt: run.attempt })}</span> : undefined}
      {run.pull === undefined ? undefined : (
        <span>
          {say("runs.pull", { pull: run.pull })} {run.checks ? <ChecksSign checks={run.checks} /> : undefined}
        </span>
      )}
      <span>{say("runs.model", run.profile)}</span>
      {tokens > 0 ? <span>{say("runs.tokens", { count: compact(tokens, language) })}</span> : undefined}
      {run.tokens.cost === undefined ? undefined : <span>{dollars(run.tokens.cost, language)}</span>}
      <Age at={run.endedAt ?? run.createdAt} />
    </p>
  );
}

function Actions({ run }: { readonly run: RunDetail }): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const park = useMutation(queries.runs.park.mutationOptions());
  const resume = useMutation(queries.runs.resume.mutationOptions());
  const cancel = useMutation(queries.runs.cancel.mutationOptions({ onSuccess: () => setAsking(false) }));
  const { id, requestId } = run;
  const possible = actionsOn(run);
  const busy = park.isPending || resume.isPending;
  const doPark = (): void => {
    if (!possible.park || busy) return;
    resume.reset();
    park.mutate({ id });
  };
  const doResume = (): void => {
    if (!possible.resume || busy) return;
    park.reset();
    resume.mutate({ id });
  };
  useScreenKeys([
    { key: "p", what: say("runs.act.park"), act: doPark },
    { key: "r", what: say("runs.act.resume"), act: doResume },
    { key: "c", what: say("runs.act.cancel"), act: () => setAsking(possible.cancel) },
  ]);
  return (
    <>
      <div className={style["buttons"]}>
        {requestId !== undefined && possible.cancel ? (
          <Button size="xs" onClick={() => void navigate({ to: "/inbox/{-$id}", params: { id: requestId } })}>
            {say("runs.act.open")}
          </Button>
        ) : undefined}
        {possible.resume ? (
          <Button size="xs" variant={requestId === undefined ? "filled" : "default"} loading={resume.isPending} onClick={doResume}>
            {say("runs.act.resume")}
          </Button>
        ) : undefined}
        <TellOrRerun run={run} />
        {possible.park ? (
          <Button size="xs" variant="default" loading={park.isPending} onClick={doPark}>
            {say("runs.act.park")}
          </Button>
        ) : undefined}
        {possible.cancel ? (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            {say("runs.act.cancel")}
          </Button>
        ) : undefined}
      </div>
      {park.error || resume.error ? (
        <div className={style["what"]}>
          <Failure error={park.error ?? resume.error} />
        </div>
      ) : undefined}
      <WordsDialog
        texts={{
          title: say("runs.cancel.title"),
          text: say("runs.cancel.text"),
          label: say("runs.cancel.reason"),
          hint: say("runs.cancel.hint"),
          keep: say("runs.cancel.keep"),
          confirm: say("runs.cancel.confirm"),
        }}
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={(reason) => cancel.mutate({ id, reason })}
        busy={cancel.isPending}
        error={cancel.error}
        ends
      />
    </>
  );
}
