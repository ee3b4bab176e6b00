import { Button, Kbd } from "@mantine/core";
import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleXFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType, ReactElement } from "react";
import type { Check } from "../../../core/contract/connection.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { en } from "../../i18n/en.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { sumOf, worstFirst } from "./settings-sections.ts";
import style from "./settings.module.css";

const shapes: Readonly<Record<Check["status"], ComponentType<{ size?: number }>>> = {
  pass: IconCircleCheckFilled,
  warn: IconAlertTriangleFilled,
  fail: IconCircleXFilled,
};

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

function CheckRow({ check }: { readonly check: Check }): ReactElement {
  const { say } = useSpeech();
  const Shape = shapes[check.status];
  return (
    <li className={style["check"]} data-status={check.status}>
      <span className={style["status"]}>
        <Shape size={14} aria-hidden /> {say(`settings.checks.${check.status}`)}
      </span>
      <span className={style["checkTitle"]}>{titleOf(check, say)}</span>
      <span className={style["rowMain"]}>
        <span className={style["detail"]}>
          <Foreign>{check.detail}</Foreign>
        </span>
        {check.remedy === undefined ? undefined : (
          <span className={style["todo"]}>
            <strong>{say("settings.checks.todo")}</strong> <Foreign>{check.remedy}</Foreign>
          </span>
        )}
      </span>
    </li>
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

/** The check's name in the owner's language, where this window knows it; else what the host calls it. */
function titleOf({ id, title }: Check, say: Say): string {
  const text = `settings.check.${id}`;
  return isText(text) ? say(text) : title;
}

function isText(text: string): text is keyof typeof en {
  return Object.hasOwn(en, text);
}
