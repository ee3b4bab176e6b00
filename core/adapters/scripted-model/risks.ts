import type { IssueFacts, Topic } from "./issue-facts.ts";

export interface Risk {
  readonly text: string;
  readonly probability: "low" | "medium" | "high";
  readonly impact: "low" | "medium" | "high";
  readonly mitigation: string;
  readonly trigger: string;
}

export interface OpenQuestion {
  readonly text: string;
  readonly assumption: string;
  readonly neededBy: string;
}

type Say = (english: string, russian: string) => string;

/** Risks that the issue names, and those that follow from its limits, its dependencies and what was tried before. */
export function risksOf(facts: IssueFacts, say: Say): readonly Risk[] {
  const named: readonly Risk[] = facts.about.risks.map((text) => ({
    text,
    probability: "medium",
    impact: "high",
    mitigation: say(
      "Check with the owner before design; plan a fallback in arch",
      "Проверить с владельцем до проектирования; предусмотреть запасной вариант на этапе arch",
    ),
    trigger: say("First sign of it in review or in use", "Первый признак при проверке или в работе"),
  }));
  return [...named, ...derivedRisks(facts, say)].slice(0, 8);
}

function derivedRisks(facts: IssueFacts, say: Say): readonly Risk[] {
  const risks: Risk[] = [];
  const limits = [...facts.about.constraints, ...facts.about.timeline].map((text) => text.replace(/[.;]$/, ""));
  const limit = limits.find((text) => /deadline|no later|before|until|budget|cost|season|срок|не позднее|бюджет|расход|до \d|до середины|к \d/i.test(text));
  if (limit !== undefined) {
    risks.push({
      text: say(
        `Because time or money is limited (“${limit}”), the scope may not fit, and a part of it would be left out of the release`,
        `Так как время или деньги ограничены («${limit}»), объём может не поместиться, и часть его не войдёт в выпуск`,
      ),
      probability: "medium",
      impact: "medium",
      mitigation: say("The order of dropping is fixed in the scope document", "Порядок сокращения записан в документе об объёме"),
      trigger: say("The estimate of the plan stage exceeds the limit", "Оценка на этапе plan превышает ограничение"),
    });
  }
  for (const condition of limits
    .filter((text) => /cannot|bad\b|no one|one computer|нельзя|плох|некому|один\b|не может/i.test(text) && text !== limit)
    .slice(0, 2)) {
    risks.push({
      text: say(
        `Because of a condition on site (“${condition}”), a solution that overlooks it would fail when it is needed`,
        `Из-за условия на месте («${condition}») решение, которое его не учло, откажет, когда понадобится`,
      ),
      probability: "medium",
      impact: "high",
      mitigation: say(
        "The architecture names for each container how it meets the condition",
        "Архитектура указывает для каждого контейнера, как условие выполнено",
      ),
      trigger: say("A design review finds no answer to it", "При проверке проекта ответа на него нет"),
    });
  }
  const attempt = facts.about.background.find((text) => /\btried\b|ended with|went wrong|пробовали|оказались|стёрл/i.test(text))?.replace(/[.;]$/, "");
  if (attempt !== undefined) {
    risks.push({
      text: say(
        `What was tried before failed (“${attempt}”), and may fail again in the same way`,
        `Прежняя попытка не удалась («${attempt}») и может не удаться по той же причине`,
      ),
      probability: "medium",
      impact: "high",
      mitigation: say("Turn its cause into an acceptance criterion", "Сделать её причину критерием приёмки"),
      trigger: say("The same thing happens in a trial", "То же случается при пробе"),
    });
  }
  const dependency = facts.about.dependencies[0]?.replace(/[.;]$/, "");
  if (dependency !== undefined) {
    risks.push({
      text: say(
        `Because the work depends on others (“${dependency}”), it may happen that they are late or differ from what is expected, which leads to rework`,
        `Так как работа зависит от внешнего («${dependency}»), оно может запоздать или отличаться от ожидаемого, что приведёт к переделке`,
      ),
      probability: "medium",
      impact: "high",
      mitigation: say("Agree on the interface first, build against a double", "Сначала согласовать интерфейс, разрабатывать против заглушки"),
      trigger: say("No confirmed interface at the end of arch", "К концу arch интерфейс не подтверждён"),
    });
  }
  risks.push({
    text: say(
      "Because all statements come from one issue, it may happen that they do not describe how people really work, which leads to a product that is not used",
      "Так как все сведения взяты из одной задачи, они могут не отражать действительную работу людей, и продуктом не станут пользоваться",
    ),
    probability: "medium",
    impact: "high",
    mitigation: say(
      "Show the smallest slice to a real user before the rest is built",
      "Показать наименьшую часть настоящему пользователю до разработки остального",
    ),
    trigger: say("The first user does not finish the main task alone", "Первый пользователь не справляется с основной задачей сам"),
  });
  return risks;
}

/** What the issue asks, and what it leaves open, each with what is assumed meanwhile. */
export function questionsOf(facts: IssueFacts, say: Say): readonly OpenQuestion[] {
  const asked = facts.about.questions.map((text) => ({
    text,
    assumption: say("nothing is built that depends on the answer", "ничего, что зависит от ответа, не строим"),
    neededBy: "prd",
  }));
  const gap = (topic: Topic, english: string, russian: string, assumption: string, neededBy: string): readonly OpenQuestion[] =>
    facts.about[topic].length > 0 || (topic === "users" && facts.people.length > 0) ? [] : [{ text: say(english, russian), assumption, neededBy }];
  return [
    ...asked,
    ...gap(
      "users",
      "Who exactly is concerned, how many are they, and how often does it happen to them?",
      "Кого именно это касается, сколько их и как часто это с ними случается?",
      say("those whom the issue mentions; the numbers are open", "тех, кого упоминает задача; числа неизвестны"),
      "vision",
    ),
    ...gap(
      "outOfScope",
      "What is deliberately left out of the first version?",
      "Что сознательно не входит в первую версию?",
      say("everything that the issue does not name", "всё, чего задача не называет"),
      "prd",
    ),
    ...gap(
      "constraints",
      "Which limits of time, money, law or technology hold?",
      "Какие действуют ограничения по сроку, деньгам, праву и технике?",
      say("only those of the existing product", "только те, что есть у нынешнего продукта"),
      "arch",
    ),
    ...gap(
      "quality",
      "Which load and which response time does it have to bear?",
      "Какую нагрузку и какое время отклика нужно выдержать?",
      say("like the existing product", "как у нынешнего продукта"),
      "arch",
    ),
  ].slice(0, 8);
}
