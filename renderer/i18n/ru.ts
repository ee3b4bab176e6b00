import type { Texts } from "./en.ts";
import { auditRu } from "./texts/audit.ts";
import { boardRu } from "./texts/board.ts";
import { checksRu } from "./texts/checks.ts";
import { docsRu } from "./texts/docs.ts";
import { draftsRu } from "./texts/drafts.ts";
import { firstMinutesRu } from "./texts/first-minutes.ts";
import { endingsRu } from "./texts/endings.ts";
import { foreignRu } from "./texts/foreign.ts";
import { holdsRu } from "./texts/holds.ts";
import { inboxRu } from "./texts/inbox.ts";
import { knowledgeRu } from "./texts/knowledge.ts";
import { labelsRu } from "./texts/labels.ts";
import { modelsRu } from "./texts/models.ts";
import { notificationsRu } from "./texts/notifications.ts";
import { ownServerRu } from "./texts/own-server.ts";
import { peopleRu } from "./texts/people.ts";
import { matrixRu } from "./texts/matrix.ts";
import { rulesRu } from "./texts/rules.ts";
import { runsRu } from "./texts/runs.ts";
import { settingsRu } from "./texts/settings.ts";

export const ru: Texts = {
  "shell.inbox": "Входящие",
  "shell.board": "Доска",
  "shell.runs": "Запуски",
  "shell.docs": "Документы",
  "shell.knowledge": "Знания",
  "shell.audit": "Аудит",
  "shell.settings": "Настройки",
  "shell.main": "Главная навигация",
  "shell.working": "Запуски в работе",
  "shell.project": "Проект",
  "shell.everyProject": "Все проекты",
  "shell.search": "Найти или перейти…",
  "shell.goTo": "Перейти",
  "shell.here": "На этом экране",
  "shell.issues": "Задачи",
  "shell.nothingFound": "Ничего с таким названием. ? покажет, что умеет этот экран.",
  "shell.skip": "К содержимому",
  "shell.keys": "Клавиши",
  "shell.close": "Закрыть",
  "shell.forge": "GitHub",
  "shell.database": "База данных",
  "shell.cluster": "Кластер",
  "shell.rehearsal": "Репетиция",
  "shell.link.live": "на связи",
  "shell.link.stale": "молчит с {when}",
  "shell.link.offline": "не в сети",
  "shell.failed": "Рабочую область не удаётся открыть.",
  "shell.startAgain": "Попробовать снова",
  "shell.lost": "Хост не отвечает с {when}. Показано то, что было тогда; связь восстановится сама.",
  "fault.screen": "Этот экран дал сбой",
  "fault.screen.remedy": "Ничего не потеряно: он лишь показывает то, что знает хост. Остальные экраны работают.",
  "fault.screen.again": "Показать снова",
  "failure.away": "Хост не отвечает",
  "failure.away.remedy": "Повторите, когда связь восстановится. Если запрос всё же дошёл, это станет видно.",
  "copy.copy": "Скопировать",
  "copy.copied": "Скопировано",
  "state.loading": "Загрузка…",
  "state.asOf": "на {when}",
  "time.now": "только что",
  "time.minutes": "{n} мин",
  "time.hours": "{n} ч",
  "time.days": "{n} дн",
  "markdown.image": "изображение, не загружено: {name}",
  "risk.low": "низкий",
  "risk.medium": "средний",
  "risk.high": "высокий",
  ...firstMinutesRu,
  ...endingsRu,
  ...foreignRu,
  ...holdsRu,
  ...inboxRu,
  ...boardRu,
  ...checksRu,
  ...notificationsRu,
  ...runsRu,
  ...docsRu,
  ...draftsRu,
  ...knowledgeRu,
  ...auditRu,
  ...settingsRu,
  ...ownServerRu,
  ...labelsRu,
  ...peopleRu,
  ...modelsRu,
  ...rulesRu,
  ...matrixRu,
};
