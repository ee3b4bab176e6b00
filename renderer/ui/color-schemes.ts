/** The colours that can be chosen; `auto` are the system's. */
export const colorSchemes = ["auto", "light", "dark"] as const;
