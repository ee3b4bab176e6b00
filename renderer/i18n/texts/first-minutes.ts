/** Texts of the first minutes in a rehearsal workspace. */
export const firstMinutesEn = {
  "first.title": "First minutes",
  "first.behind": "done",
  "first.hide": "Hide these hints",
  "first.step.start": "Set the sample's idea going",
  "first.step.decide": "Decide what the agent asks",
  "first.step.read": "Read what it wrote",
  "first.hint.start": "On the board, j chooses the idea, m shows what moving it would change, Ctrl Enter applies that. The agent begins at once.",
  "first.hint.decide":
    "In about half a minute something waits in the inbox: first a question, then the end of the stage. j opens it, a approves or takes the first option.",
  "first.hint.read": "The documents stand by stage, with what is approved and what is missing. j and k go through them.",
  "first.hint.done": "That was the whole way, from an idea to a document that you decided on. On from here:",
  "first.ownRepository": "a repository of yours",
  "first.ownServer": "a server of your own",
} as const;

export const firstMinutesRu: Readonly<Record<keyof typeof firstMinutesEn, string>> = {
  "first.title": "Первые минуты",
  "first.behind": "сделано",
  "first.hide": "Скрыть подсказки",
  "first.step.start": "Дайте ход учебной идее",
  "first.step.decide": "Решите, о чём спросит агент",
  "first.step.read": "Прочитайте, что он написал",
  "first.hint.start": "На доске j выбирает идею, m показывает, что изменит переход, Ctrl Enter его применяет. Агент начнёт сразу.",
  "first.hint.decide": "Примерно через полминуты во входящих появится вопрос, а затем итог этапа. j открывает, a одобряет или берёт первый вариант.",
  "first.hint.read": "Документы стоят по этапам: видно, что одобрено и чего не хватает. j и k листают их.",
  "first.hint.done": "Это весь путь: от идеи до документа, по которому решили вы. Дальше:",
  "first.ownRepository": "свой репозиторий",
  "first.ownServer": "свой сервер",
};
