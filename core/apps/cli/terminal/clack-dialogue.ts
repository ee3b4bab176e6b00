import { isCancel, select, text as ask } from "@clack/prompts";
import type { ReadStream, WriteStream } from "node:tty";
import { inert } from "../output.ts";
import type { Choice, Dialogue } from "./dialogue.ts";
import { clip, pagesOf, wrap } from "./layout.ts";

/** Rows that a page leaves for what is around it. */
const around = 5;
/** Columns that the prompts keep for their frame: three to see, and they count its colour codes as well. A longer label is wrapped by them, at the wrong place. */
const frame = 17;

/** The dialogue on a real terminal. */
export function createClackDialogue(input: ReadStream, output: WriteStream): Dialogue & { close(): void } {
  let interrupted = false;
  const watchForInterrupt = (chunk: Buffer): void => {
    if (chunk.includes(3)) interrupted = true;
  };
  input.on("data", watchForInterrupt);
  const columns = (): number => Math.min(output.columns || 80, 120);
  const print = (text: string): void => void output.write(`${text}\n`);
  const shown = (text: string): string => inert(clip(inert(text), columns() - frame));

  const dialogue: Dialogue & { close(): void } = {
    get interrupted() {
      return interrupted;
    },
    say(text, heading) {
      if (heading !== undefined) print(`\n${bold(clip(inert(heading), columns()))}\n${"─".repeat(Math.min(columns(), 80))}`);
      if (text !== "") print(wrap(inert(text), columns()));
    },
    line: (text) => print(clip(inert(text), columns())),
    async choose(question, choices, signal) {
      if (interrupted) return undefined;
      const options = choices.map((choice) => optionOf(choice, columns()));
      const chosen = await select<string>({
        message: shown(question),
        options,
        maxItems: Math.max((output.rows || 24) - 6, 5),
        input,
        output,
        ...(signal ? { signal } : {}),
      });
      return isCancel(chosen) ? undefined : choices.find((choice) => choice.value === chosen)?.value;
    },
    async write(question) {
      if (interrupted) return undefined;
      const written = await ask({
        message: shown(question),
        input,
        output,
        validate: (value) => ((value ?? "").trim() === "" ? "Write something, or press Esc to go back." : undefined),
      });
      return isCancel(written) ? undefined : written.trim();
    },
    async agree(question) {
      const answer = await dialogue.choose(question, [
        { value: "yes", label: "Yes" },
        { value: "no", label: "No" },
      ]);
      return answer === "yes";
    },
    async read(title, text) {
      const pages = pagesOf(wrap(inert(text), columns()), (output.rows || 24) - around);
      for (const [index, page] of pages.entries()) {
        dialogue.say("", pages.length === 1 ? title : `${title}  (${index + 1}/${pages.length})`);
        print(page);
        if (index === pages.length - 1) break;
        print(dim("space or enter: more   q: back"));
        const key = await nextKey(input, new AbortController().signal);
        if (interrupted || /^[qQ\u001b]/u.test(key)) break;
      }
    },
    async anyKey(signal) {
      await nextKey(input, signal);
    },
    close() {
      input.removeListener("data", watchForInterrupt);
      input.setRawMode(false);
      input.pause();
    },
  };
  return dialogue;
}

function optionOf(choice: Choice<string>, columns: number): { value: string; label: string; hint?: string } {
  const label = clip(inert(choice.label), columns - frame);
  const room = columns - frame - label.length - 3;
  return { value: choice.value, label, ...(choice.hint === undefined || room < 12 ? {} : { hint: clip(inert(choice.hint), room) }) };
}

/** What the next key sends; empty when the signal came first. Raw mode lasts only as long as this waits. */
async function nextKey(input: ReadStream, signal: AbortSignal): Promise<string> {
  if (signal.aborted) return "";
  input.setRawMode(true);
  input.resume();
  return new Promise((resolve) => {
    const settle = (key: string): void => {
      input.removeListener("data", onKey);
      signal.removeEventListener("abort", onAbort);
      input.setRawMode(false);
      input.pause();
      resolve(key);
    };
    const onKey = (chunk: Buffer): void => settle(chunk.toString("utf8"));
    const onAbort = (): void => settle("");
    input.on("data", onKey);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;
