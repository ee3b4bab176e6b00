import { IconCheck, IconClock, IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { PullChecks } from "../../core/contract/shared.ts";
import { useSpeech } from "../i18n/language.tsx";
import { checksLabel, checksState, checksWords } from "./checks-shown.ts";
import style from "./checks.module.css";

const shapes = { failed: IconX, running: IconClock, passed: IconCheck };

/** What CI says of a pull request: a shape and a word, and at a second look which checks failed. */
export function ChecksSign({ checks }: { readonly checks: PullChecks }): ReactElement {
  const { say } = useSpeech();
  const state = checksState(checks);
  const Shape = shapes[state];
  const label = checksLabel(checks, say);
  return (
    <span className={style["checks"]} data-state={state} role="img" aria-label={label} title={label}>
      <Shape size={13} stroke={2} aria-hidden />
      {checksWords(checks, say)}
    </span>
  );
}
