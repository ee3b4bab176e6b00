import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleXFilled } from "@tabler/icons-react";
import type { ComponentType, ReactElement } from "react";
import type { Check } from "../../../core/contract/connection.ts";
import { en } from "../../i18n/en.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./settings.module.css";

const shapes: Readonly<Record<Check["status"], ComponentType<{ size?: number }>>> = {
  pass: IconCircleCheckFilled,
  warn: IconAlertTriangleFilled,
  fail: IconCircleXFilled,
};

/** One check: how it ended, what was tried and came back, and what to do about it. */
export function CheckRow({ check }: { readonly check: Check }): ReactElement {
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

/** The check's name in the owner's language, where this window knows it; else what the host calls it. */
function titleOf({ id, title }: Check, say: Say): string {
  const text = `settings.check.${id}`;
  return isText(text) ? say(text) : title;
}

function isText(text: string): text is keyof typeof en {
  return Object.hasOwn(en, text);
}
