import { Button, NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import type { Outcome as RuleOutcome, OwnRule } from "../../../core/contract/rules.ts";
import { en } from "../../i18n/en.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Outcome, OutcomeShape } from "../../ui/outcome.tsx";
import style from "./matrix.module.css";
import type { ProposedRow } from "./rule-proposal.ts";
import settings from "./settings.module.css";

interface RowProps {
  readonly row: ProposedRow;
  readonly days: number;
  readonly onChoose: (outcome: RuleOutcome) => void;
  /** The built-in rule again, or without this one. */
  readonly onTakeBack: () => void;
  /** One that would go stays. */
  readonly onKeep: () => void;
}

/** A rule: what becomes of a call, which calls, how often that was, and what can be made of it. */
export function MatrixRow({ row, days, onChoose, onTakeBack, onKeep }: RowProps): ReactElement {
  const { say } = useSpeech();
  const { rule, change, inForce, builtIn, isAsBuiltIn, choices } = row;
  const about = ruleAbout(rule, say);
  return (
    <li className={style["row"]} data-change={change}>
      <div className={style["outcome"]}>
        <OutcomeShape outcome={rule.enabled === false ? "deny" : rule.outcome} />
        {rule.enabled === false || change === "removed" ? (
          <span>{say(change === "removed" ? "matrix.removed" : "matrix.off")}</span>
        ) : (
          <NativeSelect
            size="xs"
            aria-label={say("matrix.becomes", { rule: about })}
            value={rule.outcome}
            onChange={({ currentTarget }) => onChoose(currentTarget.value as RuleOutcome)}
            data={choices.map((outcome) => ({ value: outcome, label: say(`matrix.outcome.${outcome}`) }))}
          />
        )}
      </div>
      <div className={settings["rowMain"]}>
        <span className={style["about"]}>
          <Foreign>{about}</Foreign> <Marks row={row} />
        </span>
        <span className={style["facts"]}>
          <code>
            <Foreign>{rule.tool}</Foreign>
          </code>
          {conditionsOf(rule, say).map((fact) => (
            <Foreign key={fact}>{fact}</Foreign>
          ))}
        </span>
        {rule.enabled === false ? <span className={style["facts"]}>{say("matrix.off.what")}</span> : undefined}
      </div>
      <Decided row={row} days={days} />
      <div className={style["act"]}>
        {change === "removed" ? (
          <Button size="compact-xs" variant="default" onClick={onKeep}>
            {say("matrix.keep")}
          </Button>
        ) : !isAsBuiltIn ? (
          <Button size="compact-xs" variant="default" onClick={onTakeBack}>
            {say(builtIn ? "matrix.back" : "matrix.remove")}
          </Button>
        ) : undefined}
      </div>
      {change === "other" && inForce && (inForce.outcome !== rule.outcome || inForce.enabled !== rule.enabled) ? (
        <p className={style["was"]}>{say("matrix.was", { outcome: inForce.enabled ? say(`matrix.outcome.${inForce.outcome}`) : say("matrix.off") })}</p>
      ) : undefined}
    </li>
  );
}

/** What holds whatever the rules say. */
export function FloorRow({
  id,
  outcome,
  calls,
  days,
}: {
  readonly id: string;
  readonly outcome: RuleOutcome;
  readonly calls: number;
  readonly days: number;
}): ReactElement {
  const { say, language } = useSpeech();
  const text = `matrix.floor.${id}`;
  return (
    <li className={style["row"]}>
      <div className={style["outcome"]}>
        <Outcome outcome={outcome} />
      </div>
      <span>{isText(text) ? say(text) : <Foreign>{id}</Foreign>}</span>
      <span className={style["count"]}>{countText(calls, days, say, language)}</span>
    </li>
  );
}

function Marks({ row: { builtIn, isAsBuiltIn, change } }: { readonly row: ProposedRow }): ReactElement | undefined {
  const { say } = useSpeech();
  if (isAsBuiltIn && change === "none") return undefined;
  return <span className={settings["mark"]}>{say(change === "new" ? "matrix.new" : builtIn ? "matrix.mark.changed" : "matrix.mark.own")}</span>;
}

function Decided({ row: { inForce }, days }: { readonly row: ProposedRow; readonly days: number }): ReactElement {
  const { say, language } = useSpeech();
  const { auto, ask, deny } = inForce?.decided ?? { auto: 0, ask: 0, deny: 0 };
  return (
    <span className={style["count"]} title={say("matrix.decided.of", { auto, ask, deny })}>
      {countText(auto + ask + deny, days, say, language)}
    </span>
  );
}

function countText(n: number, days: number, say: Say, language: string): string {
  return n === 0 ? say("matrix.decided.none", { days }) : say("matrix.decided", { n: new Intl.NumberFormat(language).format(n), days });
}

/** What a rule is about, in the owner's language where this window knows it. */
export function ruleAbout({ id, description, tool }: Pick<OwnRule, "id" | "description" | "tool">, say: Say): string {
  const text = `matrix.about.${id}`;
  if (isText(text)) return say(text);
  return description === undefined || description === "" ? say("matrix.about.own", { tool: tool === "*" ? say("matrix.add.everyTool") : tool }) : description;
}

function conditionsOf({ when, repository, stages, roles, maxCallsPerRun }: OwnRule, say: Say): readonly string[] {
  return [
    ...(when?.ownTarget === undefined ? [] : [say(when.ownTarget ? "matrix.fact.own" : "matrix.fact.elsewhere")]),
    ...(when?.triggerLabel === undefined ? [] : [say(when.triggerLabel ? "matrix.fact.trigger" : "matrix.fact.harmless")]),
    ...(repository === undefined ? [] : [say("matrix.fact.repository", { repository })]),
    ...(stages === undefined ? [] : [say("matrix.fact.stages", { stages: stages.map((stage) => say(`board.stage.${stage}`)).join(", ") })]),
    ...(roles === undefined ? [] : [say("matrix.fact.roles", { roles: roles.join(", ") })]),
    ...(maxCallsPerRun === undefined ? [] : [say("matrix.fact.first", { n: maxCallsPerRun })]),
  ];
}

function isText(text: string): text is keyof typeof en {
  return Object.hasOwn(en, text);
}
