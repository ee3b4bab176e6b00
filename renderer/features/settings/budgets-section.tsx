import { Button, NumberInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { WorkspaceState } from "../../../core/contract/workspace.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { MeterLine, money } from "../../ui/meter.tsx";
import { moment } from "../../ui/moment.ts";
import { budgetFields, budgetsOf, fieldsOf, valueOf, type BudgetField, type BudgetValues } from "./budget-fields.ts";
import own from "./budgets.module.css";
import style from "./settings.module.css";

/** What runs and days may cost at most, and what this day has used. */
export function BudgetsSection(): ReactElement {
  const { say, language } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().workspace.watch.experimental_liveOptions());
  return (
    <>
      <h2 className={style["title"]}>{say("settings.budgets")}</h2>
      <p className={style["lead"]}>{say("settings.budgets.lead")}</p>
      {data ? (
        <>
          {/* Anew when somebody else has changed them: what is shown is what counts. */}
          <BudgetForm key={JSON.stringify(data.budgets)} state={data} />
          <section className={style["choice"]}>
            <h3>{say("settings.budgets.used")}</h3>
            <UsedToday state={data} />
          </section>
          <p className={style["note"]}>{say("settings.budgets.day", { when: moment(data.dayEnd, language) })}</p>
          <p className={style["note"]}>{say("settings.budgets.prices", { version: data.priceTable })}</p>
        </>
      ) : failureReason ? (
        <Failure error={failureReason} />
      ) : (
        <p className={style["note"]}>{say("state.loading")}</p>
      )}
    </>
  );
}

function BudgetForm({ state }: { readonly state: WorkspaceState }): ReactElement {
  const { say } = useSpeech();
  const [written, setWritten] = useState<Readonly<Record<BudgetField, string | number>>>(() => {
    const fields = fieldsOf(state.budgets);
    return Object.fromEntries(budgetFields.map((field) => [field, fields[field] ?? ""])) as Record<BudgetField, string | number>;
  });
  const save = useMutation(useHostQueries().workspace.setBudgets.mutationOptions());
  const values = Object.fromEntries(budgetFields.map((field) => [field, valueOf(written[field])])) as Record<BudgetField, number | undefined | "wrong">;
  const isWrong = budgetFields.some((field) => values[field] === "wrong");
  const isChanged = JSON.stringify(budgetsOf(values as BudgetValues)) !== JSON.stringify(budgetsOf(fieldsOf(state.budgets)));
  const field = (name: BudgetField): ReactElement => (
    <NumberInput
      size="xs"
      label={say(name.endsWith("usd") ? "settings.budgets.usd" : "settings.budgets.tokens")}
      placeholder={say("settings.budgets.noLimit")}
      prefix={name.endsWith("usd") ? "$" : ""}
      thousandSeparator
      decimalScale={name.endsWith("usd") ? 2 : 0}
      allowNegative={false}
      hideControls
      error={values[name] === "wrong" ? say("settings.budgets.wrong") : undefined}
      value={written[name]}
      onChange={(value) => setWritten((before) => ({ ...before, [name]: value }))}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && !isWrong && !save.isPending) save.mutate(budgetsOf(values as BudgetValues));
      }}
    >
      <Limits title={say("settings.budgets.ofRun")}>
        {field("run.usd")}
        {field("run.tokens")}
      </Limits>
      <Limits title={say("settings.budgets.ofDay")}>
        {field("day.usd")}
        {field("day.tokens")}
      </Limits>
      <Failure error={save.error} />
      <Button type="submit" size="xs" mt={16} disabled={!isChanged || isWrong} loading={save.isPending}>
        {say("settings.budgets.save")}
      </Button>
    </form>
  );
}

/** A group, so that two fields called "Tokens" are told apart without eyes. */
function Limits({ title, children }: { readonly title: string; readonly children: readonly ReactElement[] }): ReactElement {
  return (
    <fieldset className={own["limits"]}>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

function UsedToday({ state }: { readonly state: WorkspaceState }): ReactElement {
  const { say, language } = useSpeech();
  const { tokens, usd } = state.spentToday;
  const amounts = [usd === undefined ? undefined : money(usd, language), say("holds.meter.tokens", { n: new Intl.NumberFormat(language).format(tokens) })];
  return (
    <div className={own["used"]}>
      <span>{tokens === 0 ? say("settings.budgets.usedNothing") : amounts.filter(Boolean).join(" · ")}</span>
      {state.meters.map((meter) => (
        <MeterLine key={meter.unit} meter={meter} bar />
      ))}
    </div>
  );
}
