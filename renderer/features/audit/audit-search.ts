/** What of the trail is opened: an event, or the replay of a request. Part of the address, so that it can be linked. */
export interface AuditSearch {
  readonly event?: number | undefined;
  readonly request?: string | undefined;
}

export function auditSearch(given: Record<string, unknown>): AuditSearch {
  const event = Number(given["event"]);
  const request = given["request"];
  return {
    event: Number.isInteger(event) && event > 0 ? event : undefined,
    request: (typeof request === "string" || typeof request === "number") && request !== "" ? String(request) : undefined,
  };
}
