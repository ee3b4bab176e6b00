import { IconFileDiff, IconTerminal2, IconX } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import { useSpeech } from "../../../i18n/language.tsx";
import { ForeignBlock, Foreign } from "../../../ui/foreign-text.tsx";
import { terminalLines } from "../log/ansi.ts";
import { StyledText } from "../log/styled-text.tsx";
import { revealHidden } from "../../../../core/domain/kernel/hidden-characters.ts";
import { EntryBox, Outcome } from "./entry-box.tsx";
import { countOf, type FileChange } from "./patch.ts";
import type { TranscriptItem } from "./transcript-items.ts";
import style from "./transcript.module.css";

type Command = Extract<TranscriptItem, { type: "command" }>;

interface CommandEntryProps {
  readonly item: Command;
  readonly opened: boolean;
  readonly onToggle: () => void;
}

/** A command with how it ended; its output is folded, the files that it writes are not. */
export function CommandEntry({ item, opened, onToggle }: CommandEntryProps): ReactElement {
  const { say } = useSpeech();
  const { command, output, exitCode, changes } = item;
  const title = command.split("\n")[0] ?? "";
  const failed = exitCode !== 0;
  return (
    <>
      <EntryBox
        icon={<IconTerminal2 size={14} aria-hidden />}
        title={title}
        opened={opened}
        onToggle={onToggle}
        outcome={
          <Outcome tone={failed ? "bad" : "plain"} icon={failed ? <IconX size={12} aria-hidden /> : undefined}>
            {exitCode === undefined ? say("runs.item.noExit") : say("runs.item.exit", { code: exitCode })}
          </Outcome>
        }
      >
        {command.includes("\n") || title.length > 80 ? (
          <>
            <h4>{say("runs.item.command")}</h4>
            <ForeignBlock label={say("runs.item.command")}>{command}</ForeignBlock>
          </>
        ) : undefined}
        <h4>{say("runs.item.output")}</h4>
        {output.trim() === "" ? <p className={style["outcome"]}>{say("runs.item.noOutput")}</p> : <Output text={output} />}
      </EntryBox>
      {changes.map((change, index) => (
        <ChangeEntry key={index} change={change} />
      ))}
    </>
  );
}

const outputLines = 120;
const diffLines = 16;

function Output({ text }: { readonly text: string }): ReactElement {
  const { say } = useSpeech();
  const [whole, setWhole] = useState(false);
  const lines = useMemo(() => terminalLines(text), [text]);
  return (
    <>
      <pre className={style["output"]} dir="ltr" tabIndex={0} aria-label={say("runs.item.output")}>
        {(whole ? lines : lines.slice(0, outputLines)).map((line, index) => (
          <div key={index}>{line.text === "" ? " " : <StyledText text={line.text} spans={line.spans} />}</div>
        ))}
      </pre>
      {whole || lines.length <= outputLines ? undefined : <More count={lines.length} act={() => setWhole(true)} />}
    </>
  );
}

const signs = { added: "+", removed: "−", context: "", place: "" } as const;

/** What a command does to a file, as a diff. */
function ChangeEntry({ change }: { readonly change: FileChange }): ReactElement {
  const { say } = useSpeech();
  const [whole, setWhole] = useState(false);
  const { added, removed } = countOf(change);
  return (
    <div className={style["item"]}>
      <div className={style["box"]}>
        <div className={style["head"]}>
          <IconFileDiff size={14} aria-hidden />
          <span className={style["title"]} title={revealHidden(change.path)}>
            <Foreign>{change.path}</Foreign>
          </span>
          <span className={style["outcome"]}>
            {say(`runs.item.change.${change.verb}`)}
            <span className={style["counts"]}>
              {added > 0 ? <span className={style["plus"]}>+{added}</span> : undefined}
              {removed > 0 ? <span className={style["minus"]}>−{removed}</span> : undefined}
            </span>
          </span>
        </div>
        {change.lines.length === 0 ? undefined : (
          <div className={style["diff"]} dir="ltr">
            {(whole ? change.lines : change.lines.slice(0, diffLines)).map((line, index) => (
              <div key={index} className={style["change"]} data-type={line.type}>
                <span>{signs[line.type]}</span>
                <span>{line.text === "" ? " " : <Foreign>{line.text}</Foreign>}</span>
              </div>
            ))}
          </div>
        )}
        {whole || change.lines.length <= diffLines ? undefined : <More count={change.lines.length} act={() => setWhole(true)} />}
      </div>
    </div>
  );
}

function More({ count, act }: { readonly count: number; readonly act: () => void }): ReactElement {
  const { say } = useSpeech();
  return (
    <button type="button" className={style["more"]} onClick={act}>
      {say("runs.item.more", { count })}
    </button>
  );
}
