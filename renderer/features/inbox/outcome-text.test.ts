import { expect, it } from "vitest";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { en } from "../../i18n/en.ts";
import { createSay } from "../../i18n/language.tsx";
import { ru } from "../../i18n/ru.ts";
import { decisionText, endingTexts } from "./outcome-text.ts";

const [english, russian] = [createSay(en), createSay(ru)];
type Verdict = NonNullable<InboxCard["decision"]>["verdict"];

it.each<[Verdict, string, string]>([
  [{ type: "approve" }, "Approved", "Одобрено"],
  [{ type: "deny", reason: "x" }, "Denied", "Отклонено"],
  [{ type: "answer", text: "x" }, "Answered", "Дан ответ"],
  [{ type: "request_changes", comment: "x" }, "Changes requested", "Запрошены правки"],
  [{ type: "ask", question: "x" }, "Asked back", "Задан встречный вопрос"],
  [{ type: "abort", reason: "x" }, "Aborted", "Прекращено"],
])("a decision is told as what was done, not as what can be done: $0.type", (verdict, inEnglish, inRussian) => {
  const decision = { verdict, by: "olga", surface: "desktop", at: 1 };

  expect(decisionText(decision, english)).toBe(`${inEnglish} by olga via desktop`);
  expect(decisionText(decision, russian)).toBe(`${inRussian}: olga, desktop`);
});

it("what ended without being carried out is told in the owner's language where the window knows why", () => {
  expect(endingTexts({ phase: "expired", failure: "nobody decided in time" }, russian)).toEqual(["Никто не решил в срок; молчание — не согласие."]);
  expect(endingTexts({ phase: "superseded", instead: "next", failure: "edited by olga" }, russian)).toEqual([
    "Аргументы изменили: теперь вместо этого запроса другой.",
  ]);
});

it("what only the host knows is told in its words", () => {
  const moved = "the target moved on from a to b";

  expect(endingTexts({ phase: "stale", failure: moved }, russian)).toEqual(["То, о чём был запрос, с тех пор изменилось.", moved]);
  expect(endingTexts({ phase: "superseded", failure: "the run was cancelled" }, english)).toEqual(["the run was cancelled"]);
  expect(endingTexts({ phase: "executed" }, english)).toEqual([]);
});
