import { InfrastructureError, type InfrastructureErrorCode } from "../../ports/infrastructure-error.ts";

/** The parts of Octokit's errors that are looked at. */
interface VendorError extends Error {
  readonly status?: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>>; readonly data?: unknown };
  readonly errors?: readonly { readonly type?: string; readonly message?: string }[];
}

interface Meaning {
  readonly code: InfrastructureErrorCode;
  readonly remedy: string;
  readonly retryAfter?: number;
  readonly retryable?: boolean;
}

const credentialRemedy =
  "Check the GitHub token or app: it must be valid and have access to this repository with the permissions that Signalbox lists in its preflight.";
const waitRemedy = "Nothing needs to be done: the call is made again when GitHub allows it.";
const outageRemedy = "Check the network and GitHub's status page; the call is made again by itself.";

/** Runs one operation and turns whatever Octokit throws into an InfrastructureError. `what` names the operation for the log. */
export async function translated<T>(what: string, operation: () => Promise<T>, now: () => number = Date.now): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw toInfrastructureError(what, error, now());
  }
}

/** @param now milliseconds; GitHub gives the end of a rate limit as an absolute time. */
export function toInfrastructureError(what: string, error: unknown, now: number): InfrastructureError {
  if (error instanceof InfrastructureError) return error;
  if (!(error instanceof Error)) return new InfrastructureError("internal", `${what}: an unknown failure`, { cause: error });
  const { code, ...options } = meaningOf(error, now);
  return new InfrastructureError(code, `${what}: ${error.message}`, { cause: error, ...options });
}

function meaningOf(error: VendorError, now: number): Meaning {
  if (error.name === "GraphqlResponseError") return meaningOfGraphql(error.errors?.[0]?.type);
  const status = error.status;
  if (status === undefined) return { code: "internal", remedy: "This is a defect of Signalbox: report it with the log." };
  if (!error.response) return hasTimedOut(error) ? { code: "timeout", remedy: outageRemedy } : { code: "unavailable", remedy: outageRemedy };
  const wait = rateLimitWait(error, status, now);
  if (wait !== undefined) return { code: "rate-limited", remedy: waitRemedy, retryAfter: wait };
  return meaningOfStatus(status, secondsOf(error.response.headers["retry-after"]));
}

function meaningOfStatus(status: number, retryAfter: number | undefined): Meaning {
  if (status === 401 || status === 403) return { code: "unauthorised", remedy: credentialRemedy };
  if (status === 404 || status === 410)
    return { code: "not-found", remedy: "Check that it still exists and that the credential may see it; GitHub answers the same for both." };
  if (status === 405 || status === 409) return { code: "conflict", remedy: "Look at the current state on GitHub and decide again." };
  // A 422 says that the request contradicts what is there (a pull request exists, a label is taken): repeating it cannot help.
  if (status === 422) return { code: "conflict", retryable: false, remedy: "Look at the current state on GitHub; the request does not fit it." };
  if (status >= 500) return { code: "unavailable", remedy: outageRemedy, ...(retryAfter === undefined ? {} : { retryAfter }) };
  return { code: "invalid-response", remedy: "This is a defect of Signalbox: report it with the log." };
}

function meaningOfGraphql(type: string | undefined): Meaning {
  if (type === "NOT_FOUND") return { code: "not-found", remedy: "Check that it still exists and that the credential may see it." };
  if (type === "FORBIDDEN" || type === "INSUFFICIENT_SCOPES") return { code: "unauthorised", remedy: credentialRemedy };
  if (type === "RATE_LIMITED") return { code: "rate-limited", remedy: waitRemedy, retryAfter: 60_000 };
  return { code: "invalid-response", remedy: "This is a defect of Signalbox: report it with the log." };
}

/**
 * Milliseconds until a rate limit ends, or undefined when this is none. Primary limit: `x-ratelimit-remaining: 0` and a reset time; secondary: `retry-after`, or
 * only a message, for which GitHub asks for a minute. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function rateLimitWait(error: VendorError, status: number, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const headers = error.response?.headers ?? {};
  const after = secondsOf(headers["retry-after"]);
  if (after !== undefined) return after;
  const reset = secondsOf(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] === "0" && reset !== undefined) return Math.max(0, reset - now);
  return status === 429 || /secondary rate/i.test(error.message) ? 60_000 : undefined;
}

function secondsOf(header: string | number | undefined): number | undefined {
  const value = header === undefined ? Number.NaN : Number(header);
  return Number.isFinite(value) ? value * 1000 : undefined;
}

function hasTimedOut(error: Error): boolean {
  return error.name === "TimeoutError" || (error.cause instanceof Error && hasTimedOut(error.cause));
}
