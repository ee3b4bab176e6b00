import { IconAlertTriangle, IconFiles, IconPointFilled, IconX } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { Foreign } from "../../../ui/foreign-text.tsx";
import { Markdown } from "../../../ui/markdown.tsx";
import { compact } from "../run-status.ts";
import { clock } from "../../../ui/age.tsx";
import { CommandEntry } from "./command-entry.tsx";
import { EntryBox } from "./entry-box.tsx";
import { ToolEntry } from "./tool-entry.tsx";
import type { Tokens } from "./fields.ts";
import type { CallFinder, TranscriptItem } from "./transcript-items.ts";
import style from "./transcript.module.css";

interface TranscriptEntryProps {
  readonly item: TranscriptItem;
  readonly speaker: string;
  readonly callOf: CallFinder;
  readonly opened: boolean;
  readonly onToggle: () => void;
}

/** One part of the transcript. */
export function TranscriptEntryView({ item, speaker, callOf, opened, onToggle }: TranscriptEntryProps): ReactElement {
  const { say } = useSpeech();
  switch (item.type) {
    case "attempt":
      return (
        <div className={style["divider"]}>
          <strong>{say("runs.item.attempt", { attempt: item.attempt })}</strong> {clock(item.at)}
        </div>
      );
    case "turn":
      return <Turn turn={item.turn} tokens={item.tokens} />;
    case "message":
      return (
        <div className={style["speech"]}>
          <div className={style["speaker"]}>
            {speaker} <time dateTime={new Date(item.at).toISOString()}>{clock(item.at)}</time>
          </div>
          <Markdown text={item.text} />
        </div>
      );
    case "owner-note":
      return (
        <div className={style["speech"]}>
          <div className={style["speaker"]}>
            <Foreign>{say("runs.item.ownerNote", { by: item.by })}</Foreign> <time dateTime={new Date(item.at).toISOString()}>{clock(item.at)}</time>
          </div>
          <p className={style["told"]}>
            <Foreign>{item.text}</Foreign>
          </p>
        </div>
      );
    case "reasoning":
      return (
        <details className={style["thought"]}>
          <summary>{say("runs.item.thought")}</summary>
          <Markdown text={item.text} />
        </details>
      );
    case "command":
      return <CommandEntry item={item} opened={opened} onToggle={onToggle} />;
    case "files":
      return <Files paths={item.paths} opened={opened} onToggle={onToggle} />;
    case "tool":
      return (
        <ToolEntry
          tool={item.tool}
          arguments={item.arguments}
          result={item.result}
          failed={item.failed}
          call={callOf(item)}
          opened={opened}
          onToggle={onToggle}
        />
      );
    case "open-call":
      return <ToolEntry tool={item.call.tool} arguments={item.call.arguments} call={item.call} opened={opened} onToggle={onToggle} />;
    case "notice":
      return (
        <Line tone="warn" icon={<IconAlertTriangle size={12} aria-hidden />}>
          <Foreign>{item.text}</Foreign>
        </Line>
      );
    case "failure":
      return (
        <Line tone="bad" icon={<IconX size={12} aria-hidden />}>
          {say("runs.item.turnFailed")}: <Foreign>{item.text}</Foreign>
        </Line>
      );
    case "note":
      return (
        <Line tone="plain" icon={<IconPointFilled size={12} aria-hidden />}>
          <Foreign>{item.text}</Foreign>
        </Line>
      );
  }
}

function Line({ tone, icon, children }: { readonly tone: string; readonly icon: ReactElement; readonly children: ReactNode }): ReactElement {
  return (
    <div className={style["line"]} data-tone={tone}>
      {icon} <span>{children}</span>
    </div>
  );
}

function Turn({ turn, tokens }: { readonly turn: number; readonly tokens: Tokens }): ReactElement {
  const { say, language } = useSpeech();
  const values = { input: compact(tokens.input, language), cached: compact(tokens.cached, language), output: compact(tokens.output, language) };
  return (
    <div className={style["divider"]}>
      {say("runs.item.turn", { turn })} · {say("runs.item.tokens", values)}
    </div>
  );
}

function Files({ paths, opened, onToggle }: { readonly paths: readonly string[]; readonly opened: boolean; readonly onToggle: () => void }): ReactElement {
  const { say } = useSpeech();
  const title = paths.length === 1 ? `${say("runs.item.files.one")}: ${paths[0] ?? ""}` : say("runs.item.files.many", { count: paths.length });
  return (
    <EntryBox icon={<IconFiles size={14} aria-hidden />} title={title} opened={opened} onToggle={onToggle}>
      <ul className={style["files"]}>
        {paths.map((path, index) => (
          <li key={index}>
            <Foreign>{path}</Foreign>
          </li>
        ))}
      </ul>
    </EntryBox>
  );
}
