import { Alert, Button, Kbd } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactElement, type ReactNode } from "react";
import type { ApprovalMatrix as Matrix, OwnRule } from "../../../core/contract/rules.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Pending } from "../../ui/pending.tsx";
import { FloorRow, MatrixRow } from "./matrix-row.tsx";
import style from "./matrix.module.css";
import { OwnRuleForm } from "./own-rule-form.tsx";
import { countChanges, rowsOf, withOutcome, withoutRule, withRule } from "./rule-proposal.ts";
import { RuleRehearsal } from "./rule-rehearsal.tsx";
import settings from "./settings.module.css";

/** The approval matrix: what becomes of agents' calls, and what other rules would have made of them, before they hold. */
export function ApprovalMatrix(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const cache = useQueryClient();
  const { data, failureReason } = useQuery(queries.rules.matrix.queryOptions({ staleTime: 0 }));
  // Also when it was refused: somebody may have changed the rules meanwhile.
  const apply = useMutation({
    ...queries.rules.apply.mutationOptions(),
    onSettled: () => cache.invalidateQueries({ queryKey: queries.rules.matrix.queryKey() }),
  });
  return (
    <section className={style["part"]}>
      <h3>{say("matrix.title")}</h3>
      <p className={settings["lead"]}>{say("matrix.lead")}</p>
      {data ? (
        // Anew when the rules are others: what is proposed is proposed on what is shown.
        <Proposal
          key={data.digest}
          matrix={data}
          isApplying={apply.isPending}
          outcome={apply.isIdle || apply.isPending ? undefined : <Applied error={apply.error} />}
          onChange={apply.reset}
          onApply={(own) => apply.mutate({ own: [...own], digest: data.digest })}
        />
      ) : (
        <Pending reason={failureReason} />
      )}
    </section>
  );
}

/** How applying ended; it stands where it was asked for. */
function Applied({ error }: { readonly error: unknown }): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["applied"]} role={error ? undefined : "status"}>
      {error ? <Failure error={error} /> : say("matrix.applied")}
    </div>
  );
}

interface ProposalProps {
  readonly matrix: Matrix;
  readonly isApplying: boolean;
  /** Of what was applied last. */
  readonly outcome: ReactElement | undefined;
  readonly onChange: () => void;
  readonly onApply: (own: readonly OwnRule[]) => void;
}

function Proposal({ matrix, isApplying, outcome, onChange, onApply }: ProposalProps): ReactElement {
  const { say } = useSpeech();
  const [own, setOwn] = useState<readonly OwnRule[]>(matrix.own);
  const rehearsal = useMutation(useHostQueries().rules.rehearse.mutationOptions());
  const rows = rowsOf(matrix, own);
  const changes = countChanges(rows);
  const isProposed = changes > 0 || matrix.unreadable.length > 0 || matrix.rules.some(({ isLooser }) => isLooser);
  const propose = (next: readonly OwnRule[]): void => {
    onChange();
    rehearsal.reset();
    setOwn(next);
  };
  return (
    <>
      <NotFollowed matrix={matrix} />
      <div className={style["columns"]} aria-hidden>
        <span>{say("matrix.column.outcome")}</span>
        <span>{say("matrix.column.calls")}</span>
        <span>{say("matrix.column.days", { days: matrix.days })}</span>
      </div>
      <ul className={style["list"]}>
        {rows.map((row) => (
          <MatrixRow
            key={row.rule.id}
            row={row}
            days={matrix.days}
            onChoose={(outcome) => propose(withOutcome(own, row, outcome))}
            onTakeBack={() => propose(withoutRule(own, row.rule.id))}
            onKeep={() => propose(withRule(own, row.rule))}
          />
        ))}
      </ul>
      <OwnRuleForm taken={rows.map(({ rule }) => rule)} onAdd={(rule) => propose(withRule(own, rule))} />
      <Floors matrix={matrix} />
      {isProposed ? (
        <ProposalBar
          changes={changes}
          isRehearsing={rehearsal.isPending}
          isRehearsed={rehearsal.isSuccess}
          isApplying={isApplying}
          onRehearse={() => rehearsal.mutate({ own: [...own] })}
          onApply={() => onApply(own)}
          onDrop={() => propose(matrix.own)}
        >
          {outcome}
          <RuleRehearsal going={rehearsal.isPending} result={rehearsal.data} error={rehearsal.error} days={matrix.days} rules={rows.map(({ rule }) => rule)} />
        </ProposalBar>
      ) : outcome ? (
        <div className={style["proposal"]}>{outcome}</div>
      ) : undefined}
    </>
  );
}

interface ProposalBarProps {
  readonly changes: number;
  readonly isRehearsing: boolean;
  /** What is proposed now has been rehearsed; only then it can be applied. */
  readonly isRehearsed: boolean;
  readonly isApplying: boolean;
  readonly onRehearse: () => void;
  readonly onApply: () => void;
  readonly onDrop: () => void;
  readonly children: ReactNode;
}

function ProposalBar({ changes, isRehearsing, isRehearsed, isApplying, onRehearse, onApply, onDrop, children }: ProposalBarProps): ReactElement {
  const { say } = useSpeech();
  const mayApply = isRehearsed && !isApplying;
  useScreenKeys([
    ...(isRehearsing ? [] : [{ key: "r", what: say("matrix.key.rehearse"), act: onRehearse }]),
    ...(mayApply ? [{ key: "a", what: say("matrix.key.apply"), act: onApply }] : []),
    ...(changes > 0 ? [{ key: "z", what: say("matrix.key.drop"), act: onDrop }] : []),
  ]);
  return (
    <section className={style["proposal"]}>
      {children}
      <div className={style["bar"]}>
        <strong>{changes > 0 ? say("matrix.proposal", { n: changes }) : say("matrix.proposal.clean")}</strong>
        {changes > 0 ? (
          <Button size="xs" variant="default" onClick={onDrop} rightSection={<Kbd size="xs">z</Kbd>}>
            {say("matrix.drop")}
          </Button>
        ) : undefined}
        <Button size="xs" variant={isRehearsed ? "default" : "filled"} loading={isRehearsing} onClick={onRehearse} rightSection={<Kbd size="xs">r</Kbd>}>
          {say("matrix.rehearse")}
        </Button>
        <Button
          size="xs"
          variant={isRehearsed ? "filled" : "default"}
          disabled={!isRehearsed}
          loading={isApplying}
          onClick={onApply}
          title={isRehearsed ? undefined : say("matrix.apply.first")}
          rightSection={<Kbd size="xs">a</Kbd>}
        >
          {say("matrix.apply")}
        </Button>
      </div>
    </section>
  );
}

function Floors({ matrix: { floors, days, allowedBeforehand } }: { readonly matrix: Matrix }): ReactElement {
  const { say, language } = useSpeech();
  return (
    <details className={style["more"]}>
      <summary>{say("matrix.floors")}</summary>
      <ul className={style["list"]}>
        {floors.map((floor) => (
          <FloorRow key={floor.id} floor={floor} days={days} />
        ))}
      </ul>
      {allowedBeforehand === 0 ? undefined : (
        <p className={settings["note"]}>{say("matrix.allowedCalls", { n: new Intl.NumberFormat(language).format(allowedBeforehand), days })}</p>
      )}
    </details>
  );
}

/** What somebody has put into the database: rules that would allow more than the built-in ones, and what is no rule. */
function NotFollowed({ matrix: { rules, unreadable } }: { readonly matrix: Matrix }): ReactElement | undefined {
  const { say } = useSpeech();
  const looser = rules.filter(({ isLooser }) => isLooser).map(({ id, tool, outcome }) => `${id}: ${tool} → ${say(`matrix.outcome.${outcome}`)}`);
  if (looser.length + unreadable.length === 0) return undefined;
  return (
    <Alert role="alert" variant="outline" color="var(--bad)" icon={<IconAlertTriangle size={16} />} title={say("matrix.looser")} mb={16}>
      <p className={style["looser"]}>
        {[...looser, ...unreadable].map((text) => (
          <code key={text}>
            <Foreign>{text}</Foreign>
          </code>
        ))}
      </p>
      {say("matrix.looser.what")}
    </Alert>
  );
}
