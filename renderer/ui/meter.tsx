import { IconAlertTriangle, IconGauge, IconPlayerPause } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Meter } from "../../core/contract/workspace.ts";
import { useSpeech, type Say } from "../i18n/language.tsx";
import style from "./meter.module.css";

const shapes = { fine: IconGauge, near: IconAlertTriangle, spent: IconPlayerPause };

/** A limit and how far it is used up: a shape, a word and the figures. */
export function MeterLine({ meter, bar = false, small = false }: { readonly meter: Meter; readonly bar?: boolean; readonly small?: boolean }): ReactElement {
  const { say, language } = useSpeech();
  const Shape = shapes[meter.level];
  return (
    <span className={style["meter"]} data-level={meter.level} data-small={small || undefined}>
      <span className={style["line"]}>
        <Shape size={14} aria-hidden />
        <span>
          {say(`holds.meter.${meter.level}`)}: {meterText(meter, say, language)}
        </span>
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
function meterText({ scope, unit, used, limit }: Meter, say: Say, language: string): string {
  const number = new Intl.NumberFormat(language);
  if (unit === "usd") return say(`holds.meter.${scope}`, { used: money(used, language), limit: money(limit, language) });
  return say(`holds.meter.${scope}`, { used: number.format(used), limit: say("holds.meter.tokens", { n: number.format(limit) }) });
}

/** `$4.02 of $5.00`, without for what. */
export function usedOf({ unit, used, limit }: Meter, say: Say, language: string): string {
  const number = new Intl.NumberFormat(language, { notation: "compact" });
  if (unit === "usd") return say("holds.usedOf", { used: money(used, language), limit: money(limit, language) });
  return say("holds.usedOf", { used: number.format(used), limit: say("holds.meter.tokens", { n: number.format(limit) }) });
}

export function money(value: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" }).format(value);
}
