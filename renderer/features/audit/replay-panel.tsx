import { UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import type { DecisionReplay } from "../../../core/contract/audit.ts";
import { verdictWords } from "../../../core/domain/decision/verdicts.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useSpeech } from "../../i18n/language.tsx";
import type { Text } from "../../i18n/en.ts";
import { clock } from "../../ui/age.tsx";
import { Foreign, ForeignBlock } from "../../ui/foreign-text.tsx";
import { Section } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import { Risk } from "../../ui/risk.tsx";
import style from "./audit.module.css";
import { CheckMark } from "./check-mark.tsx";
import { Hash } from "./event-detail.tsx";
import { Problems } from "./problems.tsx";
import { replayChecks, type Check } from "./replay-checks.ts";
import { Fact } from "./verify-panel.tsx";

/** One decision from what was asked to what came back, each step with its check. Nothing is done again: it is read and checked. */
export function ReplayPanel({ id, openEvent }: { readonly id: string; readonly openEvent: (sequence: number) => void }): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const replay = useQuery(queries.audit.replay.queryOptions({ input: { id }, retry: unlessRefused }));
  return (
    <>
      <h2 className={style["detailTitle"]}>{say("audit.replayOf")}</h2>
      <p className={style["mono"]}>
        <Foreign>{id}</Foreign>
      </p>
      {replay.data === undefined ? <Pending reason={replay.failureReason} /> : <Replay replay={replay.data} openEvent={openEvent} />}
    </>
  );
}

function Replay({ replay, openEvent }: { readonly replay: DecisionReplay; readonly openEvent: (sequence: number) => void }): ReactElement {
  const { say } = useSpeech();
  const checks = replayChecks(replay);
  return (
    <>
      <p className={style["outcome"]} role="status">
        <CheckMark check={replay.ok ? "holds" : "broken"} text={replay.ok ? "audit.replayFits" : "audit.replayBroken"} />
      </p>
      {replay.problems.length > 0 ? <Problems problems={replay.problems} /> : undefined}
      <ol className={style["steps"]}>
        <Step name="shown" check={checks.shown}>
          <Shown shown={replay.shown} />
        </Step>
        <Step name="asked" check={checks.asked}>
          <p className={style["mono"]}>
            <Foreign>{replay.asked.rule}</Foreign>
          </p>
          {replay.asked.description === undefined ? undefined : (
            <p>
              <Foreign>{replay.asked.description}</Foreign>
            </p>
          )}
        </Step>
        <Step name="decided" check={checks.decided}>
          {replay.decided ? <Decided decided={replay.decided} /> : undefined}
        </Step>
        <Step name="ran" check={checks.ran}>
          {replay.ran ? <Ran ran={replay.ran} /> : undefined}
        </Step>
        <Step name="cameBack" check={checks.cameBack}>
          {replay.cameBack ? <ForeignBlock label={say("audit.step.cameBack")}>{JSON.stringify(replay.cameBack, undefined, 2)}</ForeignBlock> : undefined}
        </Step>
      </ol>
      <Section title={say("audit.inTheTrail")}>
        <CheckMark check={checks.trail} text={`audit.trail.${checks.trail}`} />
        <Steps steps={replay.steps} openEvent={openEvent} />
      </Section>
    </>
  );
}

type StepName = "shown" | "asked" | "decided" | "ran" | "cameBack";

function Step({ name, check, children }: { readonly name: StepName; readonly check: Check; readonly children: ReactNode }): ReactElement {
  const { say } = useSpeech();
  return (
    <li className={style["step"]} data-check={check}>
      <div className={style["stepHead"]}>
        <h3>{say(`audit.step.${name}`)}</h3>
        <CheckMark check={check} text={`audit.${name}.${check}` satisfies Text} />
      </div>
      {children}
    </li>
  );
}

function Shown({ shown }: { readonly shown: DecisionReplay["shown"] }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <p>
        <Foreign>{shown.summary}</Foreign>
      </p>
      <p className={style["meta"]}>
        <span>
          <Foreign>{`${shown.repository}#${shown.issue}`}</Foreign>
        </span>
        <Risk risk={shown.risk} />
        <Link to="/inbox/{-$id}" params={{ id: shown.id }} className={style["link"]}>
          {say("audit.openRequest")}
        </Link>
      </p>
      <details className={style["details"]}>
        <summary>{say("audit.arguments")}</summary>
        <ForeignBlock label={say("audit.arguments")}>{shown.arguments}</ForeignBlock>
      </details>
      {shown.edit === undefined ? undefined : (
        <details className={style["details"]}>
          <summary>
            {say("inbox.edit.asked")} · <Foreign>{say("inbox.edit.by", { by: shown.edit.by, surface: shown.edit.surface })}</Foreign>
          </summary>
          <ForeignBlock label={say("inbox.edit.asked")}>{shown.edit.asked}</ForeignBlock>
        </details>
      )}
      {shown.instead === undefined ? undefined : (
        <Link to="/inbox/{-$id}" params={{ id: shown.instead }} className={style["link"]}>
          {say("inbox.edit.toNext")}
        </Link>
      )}
      {shown.rationale === undefined ? undefined : (
        <details className={style["details"]}>
          <summary>{say("audit.agentsWords")}</summary>
          <ForeignBlock label={say("audit.agentsWords")}>{shown.rationale}</ForeignBlock>
        </details>
      )}
      <dl className={style["hashes"]}>
        <Hash name={say("audit.digest")} value={shown.digest} />
      </dl>
    </>
  );
}

function Decided({ decided }: { readonly decided: NonNullable<DecisionReplay["decided"]> }): ReactElement {
  const { say } = useSpeech();
  const words = verdictWords(decided.verdict);
  return (
    <>
      <p>
        <strong>{say(`inbox.verdict.${decided.verdict.type}`)}</strong>{" "}
        <Foreign>{say("audit.decidedBy", { by: decided.by, surface: decided.surface, when: clock(decided.at) })}</Foreign>
      </p>
      {words === undefined ? undefined : (
        <blockquote className={style["words"]}>
          <Foreign>{words}</Foreign>
        </blockquote>
      )}
      <dl className={style["hashes"]}>
        <Hash name={say("audit.key")} value={decided.keyId} />
        <Hash name={say("audit.signature")} value={decided.signature} />
      </dl>
    </>
  );
}

function Ran({ ran }: { readonly ran: NonNullable<DecisionReplay["ran"]> }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <p className={style["mono"]}>
        <Foreign>{ran.tool}</Foreign>
      </p>
      <dl className={style["facts"]}>
        <Fact name={say("audit.callState")} value={say(`runs.call.${ran.state}`)} />
        <Fact name={say("audit.executions")} value={String(ran.executions)} />
        <Fact name={say("audit.repeats")} value={String(ran.repeats)} />
        <Fact name={say("audit.delivered")} value={say(ran.delivered ? "audit.yes" : "audit.no")} />
      </dl>
    </>
  );
}

function Steps({ steps, openEvent }: { readonly steps: DecisionReplay["steps"]; readonly openEvent: (sequence: number) => void }): ReactElement {
  return (
    <ul className={style["plain"]}>
      {steps.map((step) => (
        <li key={step.sequence}>
          <UnstyledButton className={style["trailStep"]} onClick={() => openEvent(step.sequence)}>
            <span className={style["time"]}>{clock(step.at)}</span>
            <span>
              <Foreign>{step.text}</Foreign>
              <span className={style["dim"]}>
                <Foreign>{step.actor}</Foreign>
              </span>
            </span>
            <CheckMark check={step.hashHolds ? "holds" : "broken"} text={step.hashHolds ? "audit.hashHolds" : "audit.hashBroken"} />
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
