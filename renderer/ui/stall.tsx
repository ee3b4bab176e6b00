import { IconHourglassHigh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Stall } from "../../core/contract/workspace.ts";
import { useSpeech, type Say } from "../i18n/language.tsx";
import { clock, duration } from "./age.tsx";
import { Foreign } from "./foreign-text.tsx";
import style from "./stall.module.css";

/** That a run seems to stand still, and what makes one think so. @param line in one line, as far as there is room. */
export function StallLine({ stall, small = false, line = false }: { readonly stall: Stall; readonly small?: boolean; readonly line?: boolean }): ReactElement {
  const { say } = useSpeech();
  return (
    <span className={style["stall"]} data-small={small || undefined} data-line={line || undefined}>
      <IconHourglassHigh size={14} aria-hidden />
      <span>
        {say("holds.stall")}:{" "}
        {stall.type === "silent" ? (
          wordsOf(stall, say)
        ) : (
          <>
            {wordsOf(stall, say)}{" "}
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

/** The same as plain text. */
export function stallText(stall: Stall, say: Say): string {
  const what = stall.type === "silent" ? "" : ` ${shortened(stall.what)}${stall.type === "repeats" ? ` (${shortened(stall.failure)})` : ""}`;
  return `${say("holds.stall")}: ${wordsOf(stall, say)}${what}`;
}

function wordsOf(stall: Stall, say: Say): string {
  const when = clock(stall.since);
  switch (stall.type) {
    case "silent":
      return say("holds.stall.silent", { when });
    case "repeats":
      return say("holds.stall.repeats", { n: stall.times, when });
    case "slow":
      return say("holds.stall.slow", {
        when,
        usual: stall.usual < 60_000 ? say("holds.seconds", { n: Math.ceil(stall.usual / 1_000) }) : duration(stall.usual, say),
      });
  }
}

function shortened(text: string): string {
  const flat = text.replaceAll(/\s+/gu, " ").trim();
  return flat.length > 80 ? `${flat.slice(0, 80)}…` : flat;
}
