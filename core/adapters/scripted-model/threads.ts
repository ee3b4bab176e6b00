import type { IssueFacts } from "./issue-facts.ts";
import { inertLine } from "./markdown.ts";
import { offeredTool, outputOf, type PlannedStep, type Situation } from "./plan.ts";
import { judgeThread, type Verdict } from "./review.ts";
import { outlineCommand } from "./shell.ts";
import type { Thread } from "./task.ts";

/** A thread on a file that is not there cannot be answered by a change. */
export function judgeThreads(situation: Situation, facts: IssueFacts): readonly { readonly thread: Thread; readonly verdict: Verdict }[] {
  return situation.task.threads.map((thread) => {
    const outline = outputOf(situation, outlineCommand(thread.path));
    const absent = thread.path === "" || (outline !== undefined && !/^lines: \d+$/m.test(outline));
    const reason = facts.language === "ru" ? "такого файла на ветке нет" : "this file is not on the branch";
    return { thread, verdict: absent ? { type: "refuse" as const, reason } : judgeThread(thread.comments, facts) };
  });
}

/** One reply per thread: what was changed and where, or why not. */
export function threadReplies(situation: Situation, facts: IssueFacts): readonly PlannedStep[] {
  const number = situation.pull ?? situation.task.pull;
  if (number === undefined) return [];
  const russian = facts.language === "ru";
  return judgeThreads(situation, facts).flatMap(({ thread, verdict }) => {
    const body =
      verdict.type === "refuse"
        ? `${russian ? "Не меняю" : "Not changed"}: ${verdict.reason}.`
        : verdict.type === "replace"
          ? `${russian ? "Сделано" : "Done"}: “${harmless(inertLine(verdict.from))}” → “${harmless(verdict.to)}”, \`${thread.path}\`.`
          : `${russian ? "Добавлено в" : "Added to"} \`${thread.path}\`: ${harmless(verdict.what)}.`;
    return offeredTool(
      situation,
      "github_comment",
      { number, body, replyToThread: thread.id, ...(verdict.type === "refuse" ? {} : { resolve: true }) },
      ["replyToThread"],
      "stage",
    );
  });
}

/** Foreign text must not close other issues on merge: a number sign in it loses its meaning. */
export function harmless(text: string): string {
  return text.replace(/#(?=\d)/g, "№ ").replace(/@(?=\w)/g, "@ ");
}
