import type { HostNotice, Language } from "../../core/contract/shell.ts";

/** What the shell itself says. The window has its own catalogues; these few stand in menus, dialogs and notifications. */
const en = {
  file: "File",
  edit: "Edit",
  view: "View",
  go: "Go",
  window: "Window",
  quit: "Quit Signalbox",
  reload: "Reload",
  show: "Show Signalbox",
  "go.inbox": "Inbox",
  "go.board": "Board",
  "go.runs": "Runs",
  "go.docs": "Docs",
  "go.drafts": "Drafts",
  "go.knowledge": "Knowledge",
  "go.audit": "Audit",
  "go.settings": "Settings",
  "waiting.none": "Nothing waits for you",
  "waiting.some": "{count} wait for you",
  "announce.tool": "An agent asks for permission",
  "announce.question": "An agent has a question",
  "announce.gate": "A stage is ready for review",
  "announce.document": "A document wants a decision",
  "announce.run-failed": "A run has failed",
  "announce.run-succeeded": "A run has succeeded",
  "announce.run-stalled": "A run seems to stand still",
  "announce.budget-spent": "A budget is spent",
  "announce.catching-up": "In quiet hours, one thing came",
  "announce.several": "{count} things need you",
  "announce.several-news": "{count} things have happened",
  "announce.several-catching-up": "In quiet hours, {count} things came",
  "link.question": "Open this address in your browser?",
  "link.open": "Open",
  "link.cancel": "Cancel",
  "update.ready": "Signalbox {version} is ready",
  "update.detail": "Installing it takes a few seconds; the window opens again by itself. No run is at work now.",
  "update.now": "Restart and install",
  "update.later": "Later",
  "crash.title": "The window has failed several times in a row",
  "crash.detail": "Nothing is lost: runs go on, and decisions that were sent are kept. Reload it, or quit and start again.",
};

const ru: Record<keyof typeof en, string> = {
  file: "Файл",
  edit: "Правка",
  view: "Вид",
  go: "Переход",
  window: "Окно",
  quit: "Выйти из Signalbox",
  reload: "Перезагрузить",
  show: "Показать Signalbox",
  "go.inbox": "Входящие",
  "go.board": "Доска",
  "go.runs": "Запуски",
  "go.docs": "Документы",
  "go.drafts": "Черновики",
  "go.knowledge": "Знания",
  "go.audit": "Аудит",
  "go.settings": "Настройки",
  "waiting.none": "Ничего не ждёт вас",
  "waiting.some": "Ждут вас: {count}",
  "announce.tool": "Агент просит разрешения",
  "announce.question": "У агента есть вопрос",
  "announce.gate": "Этап готов к проверке",
  "announce.document": "Документ ждёт решения",
  "announce.run-failed": "Запуск завершился ошибкой",
  "announce.run-succeeded": "Запуск успешно завершён",
  "announce.run-stalled": "Похоже, запуск стоит на месте",
  "announce.budget-spent": "Бюджет исчерпан",
  "announce.catching-up": "В тихие часы пришло одно событие",
  "announce.several": "Ждут вашего решения: {count}",
  "announce.several-news": "Новых событий: {count}",
  "announce.several-catching-up": "За тихие часы пришло событий: {count}",
  "link.question": "Открыть этот адрес в браузере?",
  "link.open": "Открыть",
  "link.cancel": "Отмена",
  "update.ready": "Готова новая версия: Signalbox {version}",
  "update.detail": "Установка займёт несколько секунд, окно откроется снова само. Сейчас ни один запуск не выполняется.",
  "update.now": "Перезапустить и установить",
  "update.later": "Позже",
  "crash.title": "Окно несколько раз подряд завершилось с ошибкой",
  "crash.detail": "Ничего не потеряно: запуски продолжаются, отправленные решения сохранены. Перезагрузите окно или выйдите и запустите снова.",
};

export type ShellText = keyof typeof en;
export type Say = (text: ShellText, values?: Readonly<Record<string, string | number>>) => string;

/** The shell's texts in a language. */
export function texts(language: Language): Say {
  const catalogue = language === "ru" ? ru : en;
  return (text, values = {}) => catalogue[text].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}

/** Title of a notification: what has come, or how much of it. */
export function announcementTitle(say: Say, { topic, urgency, count }: Pick<Extract<HostNotice, { type: "announce" }>, "topic" | "urgency" | "count">): string {
  if (count === 1) return say(`announce.${topic}`);
  if (topic === "catching-up") return say("announce.several-catching-up", { count });
  return say(urgency === "needs-you" ? "announce.several" : "announce.several-news", { count });
}
