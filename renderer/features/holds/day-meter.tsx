import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconPlayerPause } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { usedOf } from "../../ui/meter.tsx";
import style from "./holds.module.css";

const shapes = { fine: undefined, near: IconAlertTriangle, spent: IconPlayerPause };

/** How far the limit of the day is used up, of several the one that is used up most; nothing where the owner has set none. It leads to where limits are set. */
export function DayMeter(): ReactElement | undefined {
  const { say, language } = useSpeech();
  const { data } = useQuery(useHostQueries().workspace.watch.experimental_liveOptions());
  const [meter] = (data?.meters ?? []).filter(({ scope }) => scope === "day").sort((a, b) => b.used / b.limit - a.used / a.limit);
  if (!meter) return undefined;
  const Shape = shapes[meter.level];
  const share = Math.min(100, (meter.used / meter.limit) * 100);
  return (
    <Link to="/settings/{-$section}" params={{ section: "budgets" }} className={style["day"]} data-level={meter.level}>
      <span className={style["dayWords"]}>
        {Shape ? <Shape size={14} aria-hidden /> : undefined}
        <span>{say(meter.level === "fine" ? "holds.today" : `holds.meter.${meter.level}`)}</span>
        <span className={style["dayFigures"]}>{usedOf(meter, say, language)}</span>
      </span>
      <span className={style["dayBar"]} aria-hidden>
        <span style={{ width: `${share}%` }} />
      </span>
    </Link>
  );
}
