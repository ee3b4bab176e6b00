/** Texts of what CI says of a pull request. */
export const checksEn = {
  "checks.passed": "{n} checks",
  "checks.passed.one": "1 check",
  "checks.failed": "{n} of {all} failed",
  "checks.running": "{n} running",
  "checks.whole": "Checks of the pull request: {what}",
  "checks.whole.passed": "{n} passed",
  "checks.whole.failed": "{n} of {all} failed ({names})",
  "checks.whole.more": "and {n} more",
} as const;

export const checksRu: Readonly<Record<keyof typeof checksEn, string>> = {
  "checks.passed": "проверок: {n}",
  "checks.passed.one": "1 проверка",
  "checks.failed": "сбой: {n} из {all}",
  "checks.running": "ещё идёт: {n}",
  "checks.whole": "Проверки запроса на слияние: {what}",
  "checks.whole.passed": "пройдено: {n}",
  "checks.whole.failed": "сбой: {n} из {all} ({names})",
  "checks.whole.more": "и ещё {n}",
};
