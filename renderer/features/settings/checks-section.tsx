import { Button, Kbd } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { Check } from "../../../core/contract/connection.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { CheckRow } from "./check-row.tsx";
import { sumOf, worstFirst } from "./settings-sections.ts";
import style from "./settings.module.css";

/** The doctor: what was tried, what came back, and what to do about it. */
export function ChecksSection(): ReactElement {
  const { say } = useSpeech();
  const checks = useQuery({ ...useHostQueries().connection.doctor.queryOptions(), staleTime: 60_000 });
  const again = (): void => void checks.refetch();
  useScreenKeys([{ key: "r", what: say("settings.key.again"), act: again }]);
  return (
    <>
      <div className={style["titleRow"]}>
        <h2 className={style["title"]}>{say("settings.checks")}</h2>
        <Button variant="default" size="xs" loading={checks.isFetching} onClick={again} rightSection={<Kbd size="xs">r</Kbd>}>
          {say("settings.checks.again")}
        </Button>
      </div>
      <p className={style["lead"]}>{say("settings.checks.lead")}</p>
      <p className={style["sum"]} role="status">
        {checks.data ? sumText(checks.data, say) : say("settings.checks.running")}
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
