import type { ReactElement } from "react";
import type { Check } from "../../../core/contract/connection.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { CheckRow } from "./check-row.tsx";
import { sumOf, worstFirst } from "./settings-sections.ts";
import style from "./settings.module.css";

/** A query for checks, as far as it is shown. */
interface AskedChecks {
  readonly data: readonly Check[] | undefined;
  readonly dataUpdatedAt: number;
  readonly failureReason: unknown;
}

/** Checks with what needs doing first, and how many ended in which way. */
export function CheckRows({ checks }: { readonly checks: AskedChecks }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <p className={style["sum"]} role="status">
        {checks.data ? sumText(checks.data, say) : checks.failureReason ? undefined : say("settings.checks.running")}
        {checks.data ? (
          <span>
            {say("settings.checks.at")} <Age at={checks.dataUpdatedAt} />
          </span>
        ) : undefined}
      </p>
      {checks.failureReason ? (
        <div className={style["fault"]}>
          <Failure error={checks.failureReason} />
        </div>
      ) : undefined}
      <ul className={style["rows"]}>
        {worstFirst(checks.data ?? []).map((check) => (
          <CheckRow key={check.id} check={check} />
        ))}
      </ul>
    </>
  );
}

function sumText(checks: readonly Check[], say: Say): string {
  const sum = sumOf(checks);
  if (sum.fail + sum.warn === 0) return say("settings.checks.allPass", { n: sum.pass });
  const counted = (["fail", "warn", "pass"] as const)
    .filter((status) => sum[status] > 0)
    .map((status) => say(`settings.checks.sum.${status}`, { n: sum[status] }));
  const text = counted.join(", ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
