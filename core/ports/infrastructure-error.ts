export const infrastructureErrorCodes = [
  "unavailable",
  "timeout",
  "conflict",
  "not-found",
  "unauthorised",
  "rate-limited",
  "invalid-response",
  "newer-schema",
  "busy",
  "unwritable",
  "internal",
] as const;
export type InfrastructureErrorCode = (typeof infrastructureErrorCodes)[number];

/**
 * What adapters throw when the outside world fails. Use cases may look at `code` and `retryable`, never at the message. `remedy` is one sentence that
 * tells the owner what to do.
 */
export class InfrastructureError extends Error {
  override readonly name = "InfrastructureError";
  readonly code: InfrastructureErrorCode;
  readonly retryable: boolean;
  readonly remedy?: string | undefined;
  /** For `rate-limited` and `unavailable`: milliseconds after which a retry makes sense. */
  readonly retryAfter?: number | undefined;

  constructor(
    code: InfrastructureErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean; readonly remedy?: string; readonly retryAfter?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? (code === "unavailable" || code === "timeout" || code === "rate-limited" || code === "conflict");
    this.remedy = options.remedy;
    this.retryAfter = options.retryAfter;
  }
}
