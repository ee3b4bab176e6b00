import { IconBulb } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { isAlwaysApproved, type DecisionInsight } from "../../../core/domain/decision/insight.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { duration } from "../../ui/age.tsx";
import { Empty, Section } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import style from "./audit.module.css";
import { Fact } from "./verify-panel.tsx";

/** So far back it looks. */
const days = 30;

/** What the owner was asked lately, by what asked; what became of it; and what need not be asked again. */
export function InsightPanel(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().audit.insights.queryOptions({ input: { days }, staleTime: 0 }));
  return (
    <>
      <h2 className={style["detailTitle"]}>{say("audit.insights")}</h2>
      <p className={style["explanation"]}>{say("audit.insights.what", { days })}</p>
      {data === undefined ? <Pending reason={failureReason} /> : undefined}
      {data?.rows.length === 0 ? <Empty title={say("audit.insights.none")}>{say("audit.insights.noneWhy")}</Empty> : undefined}
      {data?.rows.map((insight) => (
        <Section key={`${insight.kind} ${insight.tool} ${insight.rule}`} title={nameOf(insight, say)}>
          <Insight insight={insight} />
        </Section>
      ))}
    </>
  );
}

function nameOf({ kind, tool, rule }: DecisionInsight, say: Say): string {
  return kind === "tool" ? say("audit.insights.tool", { tool, rule }) : say(`inbox.kind.${kind}`);
}

function Insight({ insight }: { readonly insight: DecisionInsight }): ReactElement {
  const { say, language } = useSpeech();
  const count = new Intl.NumberFormat(language);
  const outcomes = (["approved", "refused", "answered", "expired", "replaced", "waiting"] as const).filter((outcome) => insight[outcome] > 0);
  return (
    <>
      <dl className={style["facts"]}>
        <Fact name={say("audit.insights.asked")} value={count.format(insight.asked)} />
        {outcomes.map((outcome) => (
          <Fact key={outcome} name={say(`audit.insights.${outcome}`)} value={count.format(insight[outcome])} />
        ))}
        {insight.medianWait === undefined ? undefined : (
          <Fact
            name={say("audit.insights.wait")}
            value={insight.medianWait < 60_000 ? say("holds.seconds", { n: Math.ceil(insight.medianWait / 1_000) }) : duration(insight.medianWait, say)}
          />
        )}
      </dl>
      {isAlwaysApproved(insight) ? (
        <p className={style["explanation"]}>
          <IconBulb size={14} aria-hidden /> {say("audit.insights.habit")}
        </p>
      ) : undefined}
    </>
  );
}
