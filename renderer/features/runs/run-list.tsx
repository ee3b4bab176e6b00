import { Link } from "@tanstack/react-router";
import { useEffect, useImperativeHandle, useRef, type ReactElement, type Ref } from "react";
import type { RunRow } from "../../../core/contract/runs.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { RunReason } from "../../ui/run-reason.tsx";
import { plainReason } from "../../ui/run-reason-words.ts";
import { StallLine, stallText } from "../../ui/stall.tsx";
import { VirtualList, type VirtualListHandle } from "../../ui/virtual-list.tsx";
import { Phase, toneOf } from "./run-phase.tsx";
import { allTokens, compact, dollars, statusOf, type RunStatus } from "./run-status.ts";
import style from "./runs.module.css";

/** Pixels of a row; the style sheet says the same. */
const rowHeight = 78;

interface RunListProps {
  readonly runs: readonly RunRow[];
  readonly titleOf: (run: RunRow) => string | undefined;
  readonly openId: string | undefined;
  readonly handle: Ref<VirtualListHandle>;
}

/** Runs, newest first. Each row is a link to its run. */
export function RunList({ runs, titleOf, openId, handle }: RunListProps): ReactElement {
  const { say } = useSpeech();
  const list = useRef<VirtualListHandle>(null);
  useImperativeHandle(handle, () => ({
    reveal: (...where) => list.current?.reveal(...where),
    focus: (index) => list.current?.focus(index),
  }));
  const openIndex = runs.findIndex((run) => run.id === openId);
  useEffect(() => {
    if (openIndex >= 0) list.current?.reveal(openIndex, "auto");
  }, [openId]);
  return (
    <VirtualList
      ofLinks
      items={runs}
      keyOf={({ id }) => id}
      estimate={rowHeight}
      label={say("runs.list")}
      handle={list}
      render={(run) => <Row run={run} title={titleOf(run)} opened={run.id === openId} />}
    />
  );
}

function Row({ run, title, opened }: { readonly run: RunRow; readonly title: string | undefined; readonly opened: boolean }): ReactElement {
  const { say, language } = useSpeech();
  const status = statusOf(run, language);
  const name = say("runs.name", { stage: run.stage, issue: run.issue });
  const facts = factsOf(run, say, language);
  const whole = [
    `${name} ${title ?? ""}`,
    run.stall ? stallText(run.stall, say) : status.because ? plainReason(status.because, say) : say(status.text, status.values),
    facts.join(" · "),
  ].join("\n");
  return (
    <Link
      to="/runs/{-$id}"
      params={{ id: run.id }}
      className={style["row"]}
      data-open={opened || undefined}
      aria-current={opened ? "page" : undefined}
      title={revealHidden(whole)}
    >
      <span className={style["rowTop"]}>
        <strong>
          {name} {title === undefined ? undefined : <Foreign>{title}</Foreign>}
        </strong>
        <Age at={run.endedAt ?? run.createdAt} />
      </span>
      <span className={style["rowStatus"]} data-tone={toneOf(run.phase)}>
        <Phase phase={run.phase} />
        <span className={style["sentence"]}>{run.stall ? <StallLine stall={run.stall} line /> : <Sentence run={run} status={status} />}</span>
      </span>
      <span className={style["rowMeta"]}>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </span>
    </Link>
  );
}

/** The words of the request or of the end say more than the phase, which stands in front of them. Of a pause, who paused is said as well. */
function Sentence({ run, status }: { readonly run: RunRow; readonly status: RunStatus }): ReactElement {
  const { say } = useSpeech();
  const words = say(status.text, status.values);
  if (status.because === undefined) return <>{words}</>;
  return (
    <>
      {run.waitsFor === "pause" ? `${words}: ` : ""}
      <RunReason reason={status.because} />
    </>
  );
}

/** Whose it is, who does it, and what it has cost. */
function factsOf({ repository, role, variant, tokens, budget }: RunRow, say: Say, language: string): readonly string[] {
  const count = allTokens(tokens);
  return [
    repository,
    say("runs.role", { role }),
    ...(variant === "revise" ? [say("runs.revise")] : []),
    ...(count > 0 ? [say("runs.tokens", { count: compact(count, language) })] : []),
    ...(budget?.level === "near" ? [say("holds.meter.near")] : []),
    ...(tokens.cost === undefined ? [] : [dollars(tokens.cost, language)]),
  ];
}
