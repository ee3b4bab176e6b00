import { IconAlertTriangle, IconBan, IconCheck, IconClock, IconLoader, IconPlug, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { escapeHidden, revealHidden } from "../../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../../i18n/language.tsx";
import { ForeignBlock } from "../../../ui/foreign-text.tsx";
import { EntryBox, Outcome } from "./entry-box.tsx";
import { argumentsLine, type ToolCallRow } from "./transcript-items.ts";
import style from "./transcript.module.css";

const looks = {
  executing: { tone: "plain", icon: IconLoader },
  pending: { tone: "waits", icon: IconClock },
  done: { tone: "plain", icon: IconCheck },
  denied: { tone: "bad", icon: IconBan },
  failed: { tone: "bad", icon: IconX },
  refused: { tone: "bad", icon: IconAlertTriangle },
} as const;

interface ToolEntryProps {
  readonly tool: string;
  readonly arguments: ToolCallRow["arguments"];
  /** What the agent was told; undefined while it was told nothing. */
  readonly result?: string | undefined;
  readonly failed?: boolean | undefined;
  /** The gateway's account of the call, where it has one. */
  readonly call?: ToolCallRow | undefined;
  readonly opened: boolean;
  readonly onToggle: () => void;
}

/** A call of a tool: what was asked, which rule spoke, and what came of it. */
export function ToolEntry({ tool, arguments: given, result, failed = false, call, opened, onToggle }: ToolEntryProps): ReactElement {
  const { say } = useSpeech();
  const state = call?.state ?? (failed ? "failed" : "done");
  const { tone, icon: Icon } = looks[state];
  return (
    <EntryBox
      icon={<IconPlug size={14} aria-hidden />}
      title={tool}
      rest={argumentsLine(given)}
      opened={opened}
      onToggle={onToggle}
      outcome={
        <Outcome tone={tone} icon={<Icon size={12} aria-hidden />}>
          {say(`runs.call.${state}`)}
        </Outcome>
      }
    >
      {call ? (
        <p className={style["outcome"]}>
          {say("runs.call.rule", { rule: revealHidden(call.rule), outcome: say(`runs.call.${call.outcome}`) })}
          {call.repeats > 0 ? ` · ${say("runs.call.repeats", { count: call.repeats })}` : ""}
          {call.requestId === undefined ? undefined : (
            <>
              {" · "}
              <Link to="/inbox/{-$id}" params={{ id: call.requestId }} className={style["link"]}>
                {say("runs.act.open")}
              </Link>
            </>
          )}
        </p>
      ) : undefined}
      <h4>{say("runs.item.arguments")}</h4>
      <ForeignBlock label={say("runs.item.arguments")}>{escapeHidden(JSON.stringify(given, undefined, 2))}</ForeignBlock>
      {result === undefined || result === "" ? undefined : (
        <>
          <h4>{say("runs.item.result")}</h4>
          <ForeignBlock label={say("runs.item.result")}>{indented(result)}</ForeignBlock>
        </>
      )}
    </EntryBox>
  );
}

/** JSON as it is read; other text as it came. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
