import { IconArrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { OwnRule, Rehearsal } from "../../../core/contract/rules.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { moment } from "../../ui/moment.ts";
import { Outcome } from "../../ui/outcome.tsx";
import { ruleAbout } from "./matrix-row.tsx";
import style from "./matrix.module.css";
import settings from "./settings.module.css";

interface RuleRehearsalProps {
  readonly going: boolean;
  readonly result?: Rehearsal | undefined;
  readonly error: unknown;
  readonly days: number;
  /** Those that are proposed, for their names. */
  readonly rules: readonly OwnRule[];
}

/** What the proposed rules would have made of the calls of the last days. */
export function RuleRehearsal({ going, result, error, days, rules }: RuleRehearsalProps): ReactElement | undefined {
  const { say } = useSpeech();
  if (going) {
    return (
      <p className={settings["note"]} role="status">
        {say("matrix.rehearsal.going", { days })}
      </p>
    );
  }
  if (!result) return <Failure error={error} />;
  return (
    <div className={style["rehearsal"]} role="region" aria-label={say("matrix.rehearsal")} tabIndex={0}>
      <h4>{say("matrix.rehearsal")}</h4>
      <Sum result={result} />
      <ul>
        {result.differences.map((difference) => (
          <Difference key={`${difference.rule} ${difference.from} ${difference.to}`} difference={difference} rules={rules} />
        ))}
      </ul>
      <p className={style["how"]}>{say("matrix.rehearsal.how")}</p>
    </div>
  );
}

function Sum({ result: { calls, days, differences, isCut, since, unsaid } }: { readonly result: Rehearsal }): ReactElement {
  const { say, language } = useSpeech();
  const format = new Intl.NumberFormat(language);
  const changed = differences.reduce((sum, difference) => sum + difference.calls, 0);
  const values = { days, calls: format.format(calls), changed: format.format(changed) };
  return (
    <>
      <p role="status">
        {say(calls === 0 ? "matrix.rehearsal.noCalls" : changed === 0 && unsaid === 0 ? "matrix.rehearsal.none" : "matrix.rehearsal.some", values)}
      </p>
      {isCut ? <p>{say("matrix.rehearsal.cut", { ...values, when: moment(since, language) })}</p> : undefined}
      {unsaid === 0 ? undefined : <p>{say("matrix.rehearsal.unsaid", { n: format.format(unsaid) })}</p>}
    </>
  );
}

function Difference({ difference, rules }: { readonly difference: Rehearsal["differences"][number]; readonly rules: readonly OwnRule[] }): ReactElement {
  const { say, language } = useSpeech();
  const rule = rules.find(({ id }) => id === difference.rule);
  return (
    <li className={style["difference"]}>
      <p className={style["turn"]}>
        <Outcome outcome={difference.from} />
        <IconArrowRight size={14} aria-hidden />
        <Outcome outcome={difference.to} />
        <span>
          <Foreign>
            {say("matrix.rehearsal.calls", {
              n: new Intl.NumberFormat(language).format(difference.calls),
              rule: rule ? ruleAbout(rule, say) : difference.rule,
            })}
          </Foreign>
        </span>
      </p>
      <ul>
        {difference.examples.map(({ callId, at, repository, issue, runId, summary }) => (
          <li key={callId}>
            <time dateTime={new Date(at).toISOString()}>{moment(at, language)}</time>
            <Link to="/runs/{-$id}" params={{ id: runId }} className={settings["link"]}>
              <Foreign>{`${repository}#${issue}`}</Foreign>
            </Link>
            <Foreign>{summary}</Foreign>
          </li>
        ))}
      </ul>
    </li>
  );
}
