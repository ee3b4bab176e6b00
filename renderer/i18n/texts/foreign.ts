/** Texts beside what agents and strangers wrote. */
export const foreignEn = {
  "foreign.cut": "… {n} more characters",
  "foreign.asWritten": "Shown as it was written: it is too intricate to be laid out.",
} as const;

export const foreignRu: Readonly<Record<keyof typeof foreignEn, string>> = {
  "foreign.cut": "… ещё символов: {n}",
  "foreign.asWritten": "Показано как есть: разметка слишком запутана, чтобы её оформить.",
};
