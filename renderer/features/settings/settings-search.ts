/** Which repository a section of the settings shows. Part of the address, so that it can be linked. */
export interface SettingsSearch {
  /** `owner/name`. */
  readonly repository?: string | undefined;
}

export function settingsSearch(given: Record<string, unknown>): SettingsSearch {
  const { repository } = given;
  return { repository: typeof repository === "string" && /^[\w.-]+\/[\w.-]+$/u.test(repository) ? repository : undefined };
}
