import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

export interface FieldError {
  readonly resource: string;
  readonly field?: string | undefined;
  readonly code: string;
  readonly message?: string | undefined;
  readonly value?: string | undefined;
}

/** A refusal in the forge's own words; becomes GitHub's error JSON. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: ContentfulStatusCode;
  /** Sentences instead of fields where GitHub does so (reviews). */
  readonly errors: readonly (FieldError | string)[] | undefined;

  constructor(status: ContentfulStatusCode, message: string, errors?: readonly (FieldError | string)[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

const documentation = "https://docs.github.com/rest";

/** GitHub hides what one may not see: the same answer for "does not exist" and "not for you". */
export function notFound(): HttpError {
  return new HttpError(404, "Not Found");
}

/** A 422 about one field. */
export function invalid(resource: string, field: string, code: string, message?: string): HttpError {
  return new HttpError(422, "Validation Failed", [{ resource, field, code, ...(message === undefined ? {} : { message }) }]);
}

/** A 422 in the form that GitHub uses for reviews: a sentence. */
export function unprocessable(sentence: string): HttpError {
  return new HttpError(422, "Unprocessable Entity", [sentence]);
}

/** Renders an HttpError the way GitHub does. */
export function errorResponse(context: Context, error: HttpError): Response {
  const body = { message: error.message, documentation_url: documentation, status: String(error.status), ...(error.errors ? { errors: error.errors } : {}) };
  return context.json(body, error.status);
}
