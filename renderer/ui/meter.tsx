import { IconAlertTriangle, IconGauge, IconPlayerPause } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Meter } from "../../core/contract/workspace.ts";
import { useSpeech, type Say } from "../i18n/language.tsx";
import style from "./meter.module.css";

const shapes = { fine: IconGauge, near: IconAlertTriangle, spent: IconPlayerPause };

/** A limit and how far it is used up: a shape, a word and the figures. */
export function MeterLine({ meter, bar = false }: { readonly meter: Meter; readonly bar?: boolean }): ReactElement {
  const { say, language } = useSpeech();
  const Shape = shapes[meter.level];
  return (
    <span className={style["meter"]} data-level={meter.level}>
      <span className={style["line"]}>
        <Shape size={14} aria-hidden /> {say(`holds.meter.${meter.level}`)}: {meterText(meter, say, language)}
      </span>
      {bar ? (
        <span className={style["bar"]} aria-hidden>
          <span style={{ width: `${Math.min(100, (meter.used / meter.limit) * 100)}%` }} />
        </span>
      ) : undefined}
    </span>
  );
}

/** `$4.02 of $5.00 for this run`. */
export function meterText({ scope, unit, used, limit }: Meter, say: Say, language: string): string {
  const amount = (value: number): string =>
    unit === "usd" ? money(value, language) : say("holds.meter.tokens", { n: new Intl.NumberFormat(language).format(value) });
  return say(`holds.meter.${scope}`, { used: amount(used), limit: amount(limit) });
}

export function money(value: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" }).format(value);
}
