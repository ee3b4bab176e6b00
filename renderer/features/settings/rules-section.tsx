import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { Allowance } from "../../../core/contract/allowances.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Empty } from "../../ui/panes.tsx";
import { RuleFacts } from "../../ui/rule-facts.tsx";
import { ApprovalMatrix } from "./approval-matrix.tsx";
import matrix from "./matrix.module.css";
import style from "./rules.module.css";
import settings from "./settings.module.css";

/** What becomes of agents' calls: the approval matrix, and what the owner has allowed beforehand. */
export function RulesSection(): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <h2 className={settings["title"]}>{say("settings.rules")}</h2>
      <ApprovalMatrix />
      <AllowedBeforehand />
    </>
  );
}

/** What the owner has allowed beforehand: in force first, each to be taken back. */
function AllowedBeforehand(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().allowances.watch.experimental_liveOptions());
  return (
    <section className={matrix["part"]}>
      <h3>{say("matrix.allowed.title")}</h3>
      <p className={settings["lead"]}>{say("rules.lead")}</p>
      {data ? (
        <Rules rules={data.allowances} />
      ) : failureReason ? (
        <Failure error={failureReason} />
      ) : (
        <p className={settings["note"]}>{say("state.loading")}</p>
      )}
    </section>
  );
}

function Rules({ rules }: { readonly rules: readonly Allowance[] }): ReactElement {
  const { say } = useSpeech();
  const counts = (rule: Allowance): boolean => rule.phase === "active" || rule.phase === "untrusted";
  const over = rules.filter((rule) => !counts(rule));
  const present = rules.filter(counts);
  return (
    <>
      {present.length === 0 ? <Empty title={say("rules.none")}>{say("rules.none.what")}</Empty> : <RuleList rules={present} />}
      {over.length === 0 ? undefined : (
        <details className={style["over"]}>
          <summary>
            {say("rules.over")} · {over.length}
          </summary>
          <RuleList rules={over} />
        </details>
      )}
    </>
  );
}

function RuleList({ rules }: { readonly rules: readonly Allowance[] }): ReactElement {
  return (
    <ul className={style["list"]}>
      {rules.map((rule) => (
        <RuleRow key={rule.id} rule={rule} />
      ))}
    </ul>
  );
}

function RuleRow({ rule }: { readonly rule: Allowance }): ReactElement {
  const { say } = useSpeech();
  const revoke = useMutation(useHostQueries().allowances.revoke.mutationOptions());
  const { phase } = rule;
  return (
    <li className={style["rule"]}>
      <div>
        <p className={style["state"]} data-phase={phase}>
          <strong>
            {phase === "active" ? <IconCheck size={14} aria-hidden /> : phase === "untrusted" ? <IconAlertTriangle size={14} aria-hidden /> : undefined}
            <Foreign>{say(`rules.phase.${phase}`, { by: rule.revokedBy ?? "" })}</Foreign>
          </strong>
          <span>{say("rules.used", { used: rule.used, limit: rule.limit })}</span>
          <span>
            <Foreign>{say("rules.by", { by: rule.by })}</Foreign> <Age at={rule.at} />
          </span>
          <Link to="/inbox/{-$id}" params={{ id: rule.requestId }} className={settings["link"]}>
            {say("rules.fromRequest")}
          </Link>
        </p>
        <RuleFacts rule={rule} />
        <Failure error={revoke.error} />
      </div>
      {phase === "active" ? (
        <Button size="xs" variant="default" loading={revoke.isPending} onClick={() => revoke.mutate({ id: rule.id })}>
          {say("rules.revoke")}
        </Button>
      ) : undefined}
    </li>
  );
}
