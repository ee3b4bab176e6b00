import { Button, NativeSelect, VisuallyHidden } from "@mantine/core";
import type { ReactElement } from "react";
import type { ApprovalMatrix, MatrixRule, Outcome as RuleOutcome, OwnRule } from "../../../core/contract/rules.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
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
  const { rule, change, inForce, choices } = row;
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
            aria-label={revealHidden(say("matrix.becomes", { rule: about }))}
            value={rule.outcome}
            onChange={({ currentTarget }) => onChoose(currentTarget.value as RuleOutcome)}
            data={choices.map((outcome) => ({ value: outcome, label: say(`matrix.outcome.${outcome}`) }))}
          />
        )}
      </div>
      <div className={settings["rowMain"]}>
        <span className={style["head"]}>
          <span className={style["about"]}>
            <Foreign>{about}</Foreign> <Marks row={row} />
          </span>
          <TakeBack row={row} onTakeBack={onTakeBack} onKeep={onKeep} />
        </span>
        <Conditions row={row} />
        {rule.enabled === false ? <span className={style["facts"]}>{say("matrix.off.what")}</span> : undefined}
      </div>
      <Count {...(inForce?.decided ?? none)} days={days} />
      {change === "other" && inForce && (inForce.outcome !== rule.outcome || inForce.enabled !== rule.enabled) ? (
        <p className={style["was"]}>{say("matrix.was", { outcome: inForce.enabled ? say(`matrix.outcome.${inForce.outcome}`) : say("matrix.off") })}</p>
      ) : undefined}
    </li>
  );
}

const none = { auto: 0, ask: 0, deny: 0 };

function TakeBack({ row: { builtIn, isAsBuiltIn, change }, onTakeBack, onKeep }: Pick<RowProps, "row" | "onTakeBack" | "onKeep">): ReactElement | undefined {
  const { say } = useSpeech();
  if (isAsBuiltIn) return undefined;
  return (
    <Button size="compact-xs" variant="default" onClick={change === "removed" ? onKeep : onTakeBack}>
      {say(change === "removed" ? "matrix.keep" : builtIn ? "matrix.back" : "matrix.remove")}
    </Button>
  );
}

/** What the rule's name does not say already. */
function Conditions({ row: { rule, builtIn } }: { readonly row: ProposedRow }): ReactElement | undefined {
  const { say } = useSpeech();
  const facts = conditionsOf(builtIn ? { ...rule, when: undefined } : rule, say);
  const isNamedByTool = !builtIn && !rule.description;
  if (isNamedByTool && facts.length === 0) return undefined;
  return (
    <span className={style["facts"]}>
      {isNamedByTool ? undefined : (
        <code>
          <Foreign>{rule.tool}</Foreign>
        </code>
      )}
      {facts.map((fact) => (
        <Foreign key={fact}>{fact}</Foreign>
      ))}
    </span>
  );
}

/** What holds whatever the rules say. */
export function FloorRow({ floor: { id, outcome, decided }, days }: { readonly floor: ApprovalMatrix["floors"][number]; readonly days: number }): ReactElement {
  const { say } = useSpeech();
  const text = `matrix.floor.${id}`;
  return (
    <li className={style["row"]}>
      <div className={style["outcome"]}>
        <Outcome outcome={outcome} />
      </div>
      <span>{isText(text) ? say(text) : <Foreign>{id}</Foreign>}</span>
      <Count {...decided} days={days} />
    </li>
  );
}

function Marks({ row: { builtIn, isAsBuiltIn, change } }: { readonly row: ProposedRow }): ReactElement | undefined {
  const { say } = useSpeech();
  if (isAsBuiltIn && change === "none") return undefined;
  return <span className={settings["mark"]}>{say(change === "new" ? "matrix.new" : builtIn ? "matrix.mark.changed" : "matrix.mark.own")}</span>;
}

/** How often it decided; the column says in how many days. */
function Count({ auto, ask, deny, days }: MatrixRule["decided"] & { readonly days: number }): ReactElement {
  const { say, language } = useSpeech();
  const n = new Intl.NumberFormat(language).format(auto + ask + deny);
  return (
    <span className={style["count"]} title={say("matrix.decided.of", { auto, ask, deny })}>
      <span aria-hidden>{n}</span>
      <VisuallyHidden>{say("matrix.decided", { n, days })}</VisuallyHidden>
    </span>
  );
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
