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
  "needs.tool": "An agent asks for permission",
  "needs.question": "An agent has a question",
  "needs.gate": "A stage is ready for review",
  "needs.document": "A document wants a decision",
  "needs.several": "{count} new requests wait for you",
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
  "needs.tool": "Агент просит разрешения",
  "needs.question": "У агента есть вопрос",
  "needs.gate": "Этап готов к проверке",
  "needs.document": "Документ ждёт решения",
  "needs.several": "Новых запросов: {count}",
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

/** Title of a notification: what kind of thing waits, or how many. */
export function needsYouTitle(say: Say, { kind, count }: Extract<HostNotice, { type: "needs-you" }>): string {
  return count > 1 ? say("needs.several", { count }) : say(`needs.${kind}`);
}
