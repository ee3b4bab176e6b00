import type { IssueFacts } from "./issue-facts.ts";
import { inertLine } from "./markdown.ts";
import { gatherMaterial, type Material } from "./material.ts";
import { offeredTool, outputOf, type PlannedStep, type Situation } from "./plan.ts";
import { judgeThread, type Verdict } from "./review.ts";
import { editMade, outlineCommand, shellWord } from "./shell.ts";
import { wholeReview, type Thread } from "./task.ts";

/** First line of the command that edits the document of a thread. */
export function editMark(thread: Thread): string {
  return `# review thread ${shellWord(inertLine(thread.id, 80))}\n`;
}

/** Prose put into code would break it, and rules cannot write the code that a remark asks for. A replacement is to the letter and may be made. */
function notInCode(facts: IssueFacts): Verdict {
  const reason =
    facts.language === "ru"
      ? "это файл кода, а правило, по которому я работаю, умеет менять в коде только дословно названное; напишите, что на что заменить"
      : "this is a code file, and all that I can change in code is what is named to the letter; please say what to replace with what";
  return { type: "refuse", reason };
}

/** A thread on a file that is not there cannot be answered by a change, and an edit that failed is none. */
export function judgeThreads(situation: Situation, facts: IssueFacts): readonly { readonly thread: Thread; readonly verdict: Verdict }[] {
  const say = (english: string, russian: string): string => (facts.language === "ru" ? russian : english);
  return situation.task.threads.map((thread) => {
    const outline = outputOf(situation, outlineCommand(thread.path));
    const absent = thread.path === "" || (outline !== undefined && !/^lines: \d+$/m.test(outline));
    if (absent) return { thread, verdict: { type: "refuse", reason: say("this file is not on the branch", "такого файла на ветке нет") } };
    const judged = judgeThread(thread.comments, facts, materialFor(situation, facts, thread));
    const verdict = judged.type === "add" && !thread.path.endsWith(".md") ? notInCode(facts) : judged;
    const edit = outputOf(situation, editMark(thread));
    if (verdict.type === "refuse" || edit === undefined || edit.includes(editMade)) return { thread, verdict };
    const reason =
      verdict.type === "replace"
        ? say(`“${harmless(inertLine(verdict.from, 120))}” does not occur in the file`, `«${harmless(inertLine(verdict.from, 120))}» в файле нет`)
        : say("the edit could not be carried out in the workspace; a person has to look", "правку не удалось выполнить; нужна помощь человека");
    return { thread, verdict: { type: "refuse", reason } };
  });
}

function materialFor(situation: Situation, facts: IssueFacts, thread: Thread): Material {
  const { orders } = situation.task;
  return gatherMaterial(facts, orders.find((order) => order.path === thread.path) ?? { path: thread.path, type: "document", title: thread.path }, orders);
}

/** One reply per thread: what was changed and where, or why not. Nothing is called a change, or resolved, before a push with it was accepted. */
export function threadReplies(situation: Situation, facts: IssueFacts): readonly PlannedStep[] {
  const number = situation.pull ?? situation.task.pull;
  if (number === undefined) return [];
  return judgeThreads(situation, facts).flatMap(({ thread, verdict }) => {
    const done = verdict.type !== "refuse" && situation.pushed;
    const whole = thread.id === wholeReview;
    const parameters = {
      number,
      body: replyText(situation, facts, thread, verdict),
      ...(whole ? {} : { replyToThread: thread.id, ...(done ? { resolve: true } : {}) }),
    };
    return offeredTool(situation, "github_comment", parameters, ["number", "replyToThread"], "stage");
  });
}

function replyText(situation: Situation, facts: IssueFacts, thread: Thread, verdict: Verdict): string {
  const say = (english: string, russian: string): string => (facts.language === "ru" ? russian : english);
  if (verdict.type === "refuse") return `${say("Not changed", "Не меняю")}: ${verdict.reason}.`;
  if (!situation.pushed)
    return say(
      "Not changed: the file on the branch says this already; nothing was pushed.",
      "Без изменений: в файле на ветке это уже есть; отправлять было нечего.",
    );
  if (verdict.type === "replace") return `${say("Done", "Сделано")}: “${harmless(inertLine(verdict.from))}” → “${harmless(verdict.to)}”, \`${thread.path}\`.`;
  return `${say("Added to", "Добавлено в")} \`${thread.path}\`: ${harmless(verdict.what)}.`;
}

/** Foreign text must not close other issues on merge: a number sign in it loses its meaning. */
export function harmless(text: string): string {
  return text.replace(/#(?=\d)/g, "№ ").replace(/@(?=\w)/g, "@ ");
}
