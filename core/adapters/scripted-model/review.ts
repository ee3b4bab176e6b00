import type { IssueFacts } from "./issue-facts.ts";
import { inertLine, listOf, sentencesOf } from "./markdown.ts";
import type { Material } from "./material.ts";

/** What to do about one review thread. */
export type Verdict =
  | { readonly type: "refuse"; readonly reason: string }
  | { readonly type: "replace"; readonly from: string; readonly to: string }
  | { readonly type: "add"; readonly content: string; readonly what: string };

const destructive =
  /\b(delete|remove|drop|erase|wipe)\b.{0,20}\b(everything|all|whole|entire|document|file)\b|удали\p{L}*\s+(вс[её]|весь|документ|файл)|сотри\p{L}*\s+вс/iu;
const beyondAgent =
  /\b(approve|merge|deploy|release)\b.{0,25}\b(this|it|yourself|now|pr|pull)\b|\b(password|secret|token|credential)s?\b|disable.{0,20}(test|check|review|rule)|(add|apply|set) the label|ignore .{0,20}(rules|instructions)|одобри сам|слей|парол|токен/iu;
const replacement =
  /(?:replace|change|rename|correct|замени\p{L}*|исправ\p{L}*|переимен\p{L}*)\s+["«“`']([^"»”`'\n]{1,200})["»”`']\s+(?:with|to|by|into|на)\s+["«“`']([^"»”`'\n]{1,200})["»”`']/iu;
const quotedAddition = /(?:add|include|insert|write|добав\p{L}*|включи\p{L}*|впиши\p{L}*|напиши\p{L}*)[^"«“`\n]{0,80}["«“`]([^"»”`\n]{3,400})["»”`]/iu;

/** Judges a thread by its comments: the newest one that asks for something counts. Destructive or forbidden requests are refused with the reason. */
export function judgeThread(comments: readonly string[], facts: IssueFacts, material: Material): Verdict {
  const say = (english: string, russian: string): string => (facts.language === "ru" ? russian : english);
  const text = comments.at(-1)?.trim() || comments.join("\n").trim();
  if (destructive.test(text)) {
    return {
      type: "refuse",
      reason: say(
        "removing it whole would leave the stage without a required artifact and take away statements that come from the issue. If a part is wrong, please name it and I will change that part",
        "удаление целиком лишит этап обязательного документа и сведений из задачи. Если неверна часть, назовите её, и я исправлю именно её",
      ),
    };
  }
  if (beyondAgent.test(text))
    return {
      type: "refuse",
      reason: say(
        "this is not a change of the document, and it is the owner's to decide; I am not entitled to it",
        "это не правка документа, а решение владельца; у меня нет на него прав",
      ),
    };
  const replaced = replacement.exec(text);
  if (replaced?.[1] && replaced[2]) return { type: "replace", from: replaced[1], to: inertLine(replaced[2]) };
  return addition(text, facts, material);
}

function addition(text: string, facts: IssueFacts, material: Material): Verdict {
  const { say } = material;
  const suggestion = /```suggestion\r?\n([\s\S]*?)```/.exec(text)?.[1]?.trim();
  const quoted = suggestion ?? quotedAddition.exec(text)?.[1];
  const what = requestOf(text) || say("clarification asked for in review", "уточнение, запрошенное при проверке");
  if (quoted) return { type: "add", what, content: `- ${inertLine(quoted, 600)}` };
  const lead = `**${say("Review", "Замечание")}: “${inertLine(text, 160).replace(/[.!]$/, "")}”.**`;
  const known = subjectAnswers.flatMap(([words, answer]) => (words.test(text) ? [answer(material)] : []));
  if (known.length > 0) return { type: "add", what, content: `${lead} ${known.join("\n\n")}` };
  const fitting = fittingStatements(text, facts, 3);
  const open = say(
    "The issue and the earlier documents do not settle this. Working assumption until the owner decides: not part of the first version; to be checked with the primary persona before design.",
    "Ни задача, ни прежние документы этого не определяют. Пока считаем: в первую версию не входит; проверить с основной персоной до проектирования.",
  );
  const basis = fitting.length > 0 ? `${say("The issue says", "В задаче сказано")}: ${fitting.join(" ")}` : open;
  return { type: "add", what, content: `${lead} ${basis}` };
}

/** What a reviewer asks for most often has an answer in what is known already. */
const subjectAnswers: readonly (readonly [RegExp, (m: Material) => string])[] = [
  [
    /\b(figure|metric|measure|number)s?\b|показател|метрик|цифр|числ/iu,
    (m) =>
      m.metrics[0]
        ? m.say(`The figure: ${m.metrics[0].text} (source: ${m.metrics[0].source}).`, `Показатель: ${m.metrics[0].text} (источник: ${m.metrics[0].source}).`)
        : m.say(
            "There is none yet: neither the issue nor an answer names a measure, and no figure is made up here. It is to be settled with the success metrics.",
            "Его пока нет: ни задача, ни ответы показателя не называют, а выдумывать число нельзя. Определяется вместе с показателями успеха.",
          ),
  ],
  [
    /\brisks?\b|риск/iu,
    (m) =>
      `${m.say("The risks, each owned by `pm` until a stage hands it over", "Риски; за каждый до передачи отвечает `pm`")}:\n\n${listOf(m.risks.map((risk, index) => `**R${index + 1}** (\`pm\`): ${risk.text}`))}`,
  ],
  [
    /\bown(s|er|ers)?\b(?!.*\brisk)|responsible|accountable|by role|кто отвечает|ответственн/iu,
    (m) =>
      m.say(
        "The `pm` owns what is written here and keeps it true; the owner decides; whoever takes over a part is named in the plan.",
        "За написанное отвечает `pm`; решает владелец; кому передаётся часть работы, скажет план.",
      ),
  ],
];

/** The request without its politeness and its verb: "Please add a rollback criterion." is "a rollback criterion". */
function requestOf(text: string): string {
  const first = sentencesOf(inertLine(text.replace(/```[\s\S]*?(```|$)/g, " "), 400))[0] ?? "";
  const bare = first
    .replace(/^(please|could you|can you|we should|i think|пожалуйста|прошу|нужно|надо|можно)[,\s]+/iu, "")
    .replace(
      /^(please )?(make|add|include|mention|describe|specify|clarify|explain|define|state|name|say|добав\p{L}*|включи\p{L}*|укажи\p{L}*|опиши\p{L}*|уточни\p{L}*|поясни\p{L}*|назови\p{L}*)\s+/iu,
      "",
    )
    .replace(/[.!?…]+$/, "");
  return inertLine(bare, 140);
}

/** Statements of the issue and of earlier documents that share the most words with a text; those that share none are left out. */
export function fittingStatements(text: string, facts: IssueFacts, limit: number): readonly string[] {
  const stems = new Set(wordStems(text));
  const scored = [...new Set([...Object.values(facts.about).flat(), ...facts.summary])].map((statement) => ({
    statement,
    score: wordStems(statement).filter((stem) => stems.has(stem)).length,
  }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ statement }) => statement);
}

const common = new Set(
  [
    "about",
    "there",
    "their",
    "which",
    "should",
    "would",
    "could",
    "please",
    "these",
    "those",
    "after",
    "before",
    "where",
    "документ",
    "котор",
    "чтобы",
    "этого",
  ].map((word) => word.slice(0, 5)),
);

function wordStems(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\d]{4,}/gu) ?? []).map((word) => word.slice(0, 5)).filter((stem) => !common.has(stem));
}
