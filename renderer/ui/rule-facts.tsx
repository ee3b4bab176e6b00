import type { ReactElement, ReactNode } from "react";
import type { ShownAllowance } from "../../core/contract/allowances.ts";
import { useSpeech, type Say } from "../i18n/language.tsx";
import { Foreign } from "./foreign-text.tsx";
import { moment } from "./moment.ts";
import style from "./rule-facts.module.css";

/** Exactly what a rule lets through: a line for each thing that has to hold. */
export function RuleFacts({ rule }: { readonly rule: ShownAllowance }): ReactElement {
  const { say, language } = useSpeech();
  return (
    <dl className={style["facts"]}>
      <Fact name={say("rules.fact.calls")}>{say("rules.fact.calls.text", { tool: rule.tool, rule: rule.rule })}</Fact>
      <Fact name={say("rules.fact.where")}>{whereText(rule, say)}</Fact>
      {rule.arguments.map(({ name, value }) => (
        <Fact key={name} name={say("rules.fact.exactly", { name })}>
          <code>
            <Foreign>{value}</Foreign>
          </code>
        </Fact>
      ))}
      {rule.varying.map((name) => (
        <Fact key={name} name={say("rules.fact.varies", { name })}>
          {say("rules.fact.anything")}
        </Fact>
      ))}
      <Fact name={say("rules.fact.limit")}>{say("rules.fact.limit.text", { limit: rule.limit, when: moment(rule.expiresAt, language) })}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>
        <Foreign>{name}</Foreign>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function whereText({ scope, repository }: ShownAllowance, say: Say): string {
  switch (scope.type) {
    case "run":
      return say("rules.at.run", { run: scope.runId, repository });
    case "issue":
      return say("rules.at.issue", { issue: scope.issue, repository });
    case "stage":
      return say("rules.at.stage", { stage: scope.stage, repository });
    case "repository":
      return say("rules.at.repository", { repository });
  }
}
