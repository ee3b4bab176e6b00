import { IconHourglassHigh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Stall } from "../../core/contract/workspace.ts";
import { useSpeech } from "../i18n/language.tsx";
import { clock, duration } from "./age.tsx";
import { Foreign } from "./foreign-text.tsx";
import style from "./stall.module.css";

/** That a run seems to stand still, and what makes one think so. */
export function StallLine({ stall, small = false }: { readonly stall: Stall; readonly small?: boolean }): ReactElement {
  const { say } = useSpeech();
  const since = clock(stall.since);
  return (
    <span className={style["stall"]} data-small={small || undefined}>
      <IconHourglassHigh size={14} aria-hidden />
      <span>
        {say("holds.stall")}:{" "}
        {stall.type === "silent" ? (
          say("holds.stall.silent", { when: since })
        ) : (
          <>
            {stall.type === "repeats"
              ? say("holds.stall.repeats", { n: stall.times, when: since })
              : say("holds.stall.slow", {
                  when: since,
                  usual: stall.usual < 60_000 ? say("holds.seconds", { n: Math.ceil(stall.usual / 1_000) }) : duration(stall.usual, say),
                })}{" "}
            <code>
              <Foreign>{shortened(stall.what)}</Foreign>
            </code>
            {stall.type === "repeats" ? (
              <>
                {" "}
                (<Foreign>{shortened(stall.failure)}</Foreign>)
              </>
            ) : undefined}
          </>
        )}
      </span>
    </span>
  );
}

function shortened(text: string): string {
  const flat = text.replaceAll(/\s+/gu, " ").trim();
  return flat.length > 80 ? `${flat.slice(0, 80)}…` : flat;
}
