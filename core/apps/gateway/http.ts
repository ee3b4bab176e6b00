import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import { nestsDeeperThan } from "../../domain/kernel/nesting.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** A refusal that the caller can read: status, a word, a sentence, and what to do. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;
  readonly error: string;
  readonly remedy?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: string, message: string, options: { readonly remedy?: string; readonly headers?: Readonly<Record<string, string>> } = {}) {
    super(message);
    this.status = status;
    this.error = error;
    this.remedy = options.remedy;
    this.headers = options.headers ?? {};
  }
}

/** Reads a body of at most `limit` bytes. A declared length above it is refused before anything is read. */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = (): HttpRefusal => new HttpRefusal(413, "too-large", `the body may have at most ${limit} bytes`, { headers: { connection: "close" } });
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      request.pause();
      reject(tooLarge());
    });
    request.on("end", resolve);
    request.on("error", reject);
    request.on("close", () => reject(new HttpRefusal(400, "aborted", "the request ended before its body did")));
  });
  return Buffer.concat(chunks);
}

/** No message of the protocol nests nearly as deep; a transcript holds the arguments of calls, which may be anything. */
const deepest = 64;

/** Reads a JSON body that does not nest deeper than anything that will walk it can bear. */
export async function readJsonValue(request: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpRefusal(400, "malformed", "the body is no JSON in UTF-8");
  }
  if (nestsDeeperThan(text, deepest)) throw new HttpRefusal(400, "too-deep", `the body nests deeper than ${deepest} levels`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpRefusal(400, "malformed", "the body is no JSON in UTF-8");
  }
}

/** Reads and validates a JSON body; every problem is named with its field. */
export async function readJson<Schema extends z.ZodType>(request: IncomingMessage, schema: Schema, limit: number): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(await readJsonValue(request, limit));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new HttpRefusal(400, "invalid", problems.join("; "));
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(text);
}

/** What a caller is told of an error. Nothing of an unexpected one: it is in our log. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (error instanceof HttpRefusal)
    return sendJson(response, error.status, { error: error.error, message: error.message, ...(error.remedy ? { remedy: error.remedy } : {}) }, error.headers);
  if (error instanceof InfrastructureError) {
    const status = error.retryable ? 503 : error.code === "not-found" ? 404 : 500;
    return sendJson(
      response,
      status,
      { error: error.code, message: error.message, ...(error.remedy ? { remedy: error.remedy } : {}) },
      error.retryable ? { "retry-after": "5" } : {},
    );
  }
  sendJson(response, 500, { error: "internal", message: "an internal error occurred" });
}
