import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleDashed, type Icon } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import type { Text } from "../../i18n/en.ts";
import style from "./audit.module.css";
import type { Check } from "./replay-checks.ts";

const shapes: Readonly<Record<Check, Icon>> = { holds: IconCircleCheckFilled, broken: IconAlertTriangleFilled, open: IconCircleDashed };

/** What a check says: a shape, a colour and words. */
export function CheckMark({ check, text }: { readonly check: Check; readonly text: Text }): ReactElement {
  const { say } = useSpeech();
  const Shape = shapes[check];
  return (
    <span className={style["check"]} data-check={check}>
      <Shape size={14} aria-hidden /> {say(text)}
    </span>
  );
}
