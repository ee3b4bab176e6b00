import { Anchor } from "@mantine/core";
import { IconBolt, IconFilePencil, IconMessage, IconTerminal2, type Icon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { bareCommand } from "../../../core/domain/session/shell-command.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Section } from "../../ui/panes.tsx";
import style from "./origin.module.css";
import { lastLines } from "./last-lines.ts";
import { MaskedBlock, masked } from "./masked-block.tsx";

type Done = NonNullable<InboxCard["before"]>[number];

const icons: Readonly<Record<Done["type"], Icon>> = {
  message: IconMessage,
  reasoning: IconMessage,
  command: IconTerminal2,
  "file-change": IconFilePencil,
  "tool-call": IconBolt,
};

/** What the agent said and did right before it asked, and the way to all of it. */
export function Origin({ card: { before, runId, stage, issue } }: { readonly card: InboxCard }): ReactElement | undefined {
  const { say } = useSpeech();
  if (before === undefined) return undefined;
  const { tail } = before.filter(({ type }) => type === "command").at(-1) ?? {};
  return (
    <Section
      title={
        <>
          {say("inbox.origin")} <span className={style["tag"]}>{say("inbox.words")}</span>
        </>
      }
    >
      <ol className={style["done"]}>
        {before.map((done, index) => (
          <DoneRow key={index} done={done} />
        ))}
      </ol>
      {tail === undefined ? undefined : <MaskedBlock label={say("inbox.origin.printed")}>{lastLines(tail)}</MaskedBlock>}
      <p className={style["whole"]}>
        <Anchor component={Link} to="/runs/$id" params={{ id: runId } as never} inherit underline="always">
          {say("inbox.origin.run", { stage, issue })}
        </Anchor>
      </p>
    </Section>
  );
}

function DoneRow({ done }: { readonly done: Done }): ReactElement {
  const { say } = useSpeech();
  const Shape = icons[done.type];
  const isCode = done.type !== "message" && done.type !== "reasoning";
  return (
    <li className={style["row"]}>
      <Shape size={14} aria-label={say(`inbox.origin.${done.type}`)} />
      <span className={isCode ? style["code"] : style["words"]}>
        <Foreign>{masked(textOf(done))}</Foreign>
      </span>
      {done.exitCode ? <span className={style["exit"]}>{say("inbox.origin.exit", { code: done.exitCode })}</span> : undefined}
    </li>
  );
}

function textOf({ type, text }: Done): string {
  if (type === "command") return bareCommand(text);
  return type === "file-change" ? pathsOf(text) : text;
}

/** The list may have been cut in its middle. */
function pathsOf(text: string): string {
  return text.replaceAll(/["[\]]/gu, "");
}
