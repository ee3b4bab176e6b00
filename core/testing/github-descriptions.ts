import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** One answer of a GitHub-compatible REST API. */
export interface RestExchange {
  readonly method: string;
  /** Percent-encoded path below the API's base, without the query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One webhook as it is sent. */
export interface SentWebhook {
  readonly event: string;
  readonly action: string | null;
  readonly payload: string;
}

export interface GitHubDescriptions {
  response(exchange: RestExchange): void;
  delivery(webhook: SentWebhook): void;
  /** What contradicted the descriptions so far, one line each. A test expects it to stay empty. */
  readonly violations: readonly string[];
  /** `METHOD /template` of every REST operation that was checked, and `event action` of every webhook: tells that the check was not idle. */
  readonly checked: ReadonlySet<string>;
}

/**
 * Holds every response and webhook against GitHub's published descriptions. What the descriptions do not know (an operation, a success status, an event) is a
 * violation. Two things are GitHub's own habits and allowed: an error status that the operation does not list, if its body is GitHub's error shape, and a 304 without a body.
 */
export function createGitHubDescriptions(): GitHubDescriptions {
  const violations: string[] = [];
  const checked = new Set<string>();
  return {
    violations,
    checked,
    response(exchange) {
      if (exchange.path === "/graphql") return; // not described in OpenAPI; its queries have a test of their own
      const operation = findOperation(exchange);
      if (!operation) return void violations.push(`${exchange.method} ${exchange.path}: GitHub has no such operation`);
      checked.add(operation.name);
      violations.push(...checkResponse(operation, exchange));
    },
    delivery(webhook) {
      checked.add(`${webhook.event} ${webhook.action ?? ""}`.trim());
      violations.push(...checkWebhook(webhook));
    },
  };
}

interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, ResponseObject>> }>>>>;
  readonly webhooks?: Readonly<Record<string, { readonly post: { readonly requestBody: { readonly content: Content } } }>>;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchemaObject>>; readonly responses: Readonly<Record<string, ResponseObject>> };
}

type Content = Readonly<Record<string, { readonly schema?: AnySchemaObject }>>;

interface ResponseObject {
  readonly $ref?: string;
  readonly content?: Content;
}

interface Operation {
  readonly name: string;
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

const load = createRequire(import.meta.url);

/** The descriptions are tens of megabytes: each is read once, when first needed, and only the schemas in use are compiled. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const rest = lazily(() => JSON.parse(readFileSync(load.resolve("@octokit/openapi/generated/api.github.com.json"), "utf8")) as Document);
const webhooks = lazily(
  () => JSON.parse(readFileSync(load.resolve("@octokit/openapi-webhooks").replace(/index\.js$/, "generated/api.github.com.json"), "utf8")) as Document,
);

const templates = lazily(() =>
  Object.keys(rest().paths ?? {}).map((template) => {
    const pattern = (source: string) => new RegExp(`^${source.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}`);
    const spanning = template.replace(/\/\{(path|ref|branch)\}$/, "");
    return {
      template,
      exact: new RegExp(`${pattern(template).source}$`),
      open: new RegExp(`${pattern(spanning).source}${spanning === template ? "" : "/.*"}$`),
      literals: template.split("/").filter((part) => !part.startsWith("{")).length,
    };
  }),
);

/** The most literal template of the same length; a path, reference or branch at the end may also span slashes (`contents/{path}`) or be empty. */
function findOperation({ method, path }: RestExchange): Operation | undefined {
  for (const kind of ["exact", "open"] as const) {
    const [best] = templates()
      .filter((candidate) => candidate[kind].test(path))
      .toSorted((a, b) => b.literals - a.literals);
    const responses = best && rest().paths?.[best.template]?.[method.toLowerCase()]?.responses;
    if (best && responses) return { name: `${method} ${best.template}`, responses };
  }
  return undefined;
}

function checkResponse(operation: Operation, { status, body }: RestExchange): readonly string[] {
  const where = `${operation.name} ${status}`;
  if (status === 304) return body === "" ? [] : [`${where}: a 304 has no body`];
  const listed = operation.responses[String(status)];
  if (!listed && status < 400) return [`${where}: GitHub does not answer with this status`];
  const schema = schemaOf(listed?.$ref ? rest().components.responses[listed.$ref.split("/").at(-1) ?? ""] : listed);
  if (!schema && status < 400) return body === "" ? [] : [`${where}: GitHub sends no body here`];
  if (status >= 400 && !isError(body)) return [`${where}: not GitHub's error shape: ${body.slice(0, 200)}`];
  return schema ? errorsOf(where, validator(rest, schema), body) : [];
}

function schemaOf(response: ResponseObject | undefined): AnySchemaObject | undefined {
  return response?.content?.["application/json"]?.schema;
}

function isError(body: string): boolean {
  const error = JSON.parse(body) as { message?: unknown; documentation_url?: unknown };
  return typeof error.message === "string" && typeof error.documentation_url === "string";
}

function checkWebhook({ event, action, payload }: SentWebhook): readonly string[] {
  const name = [event, action]
    .filter((part) => part !== null)
    .join("-")
    .replaceAll("_", "-");
  const schema = webhooks().webhooks?.[name]?.post.requestBody.content["application/json"]?.schema;
  return schema ? errorsOf(`webhook ${name}`, validator(webhooks, schema), payload) : [`webhook ${name}: GitHub has no such event`];
}

function errorsOf(where: string, validate: ValidateFunction, body: string): readonly string[] {
  if (validate(JSON.parse(body))) return [];
  return (validate.errors ?? []).slice(0, 5).map((error) => `${where}: ${error.instancePath || "/"} ${error.message ?? ""} ${JSON.stringify(error.params)}`);
}

const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false, validateSchema: false });
addFormats.default(ajv);
const compiled = new Map<AnySchemaObject, ValidateFunction>();

function validator(document: () => Document, schema: AnySchemaObject): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const definitions: Record<string, unknown> = {};
  const root = translate(schema, document(), definitions) as AnySchemaObject;
  const validate = ajv.compile({ ...root, $defs: definitions });
  compiled.set(schema, validate);
  return validate;
}

/** JSON Schema 2020 from OpenAPI 3.0 or 3.1: references point at `$defs`, which receives what is referred to, and `nullable` becomes a type. */
function translate(schema: unknown, document: Document, definitions: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => translate(part, document, definitions));
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, example: _example, examples: _examples, ...rest } = schema as Record<string, unknown>;
  const translated = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === "$ref" ? refer(String(value), document, definitions) : translateKeyword(key, value, document, definitions),
    ]),
  );
  return nullable === true ? { anyOf: [translated, { type: "null" }] } : translated;
}

function translateKeyword(key: string, value: unknown, document: Document, definitions: Record<string, unknown>): unknown {
  // Below `properties` keys are names, not keywords: one may be called `nullable` or `example`.
  if (key !== "properties" || typeof value !== "object" || value === null) return translate(value, document, definitions);
  return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, translate(property, document, definitions)]));
}

function refer(reference: string, document: Document, definitions: Record<string, unknown>): string {
  const name = reference.split("/").at(-1) ?? "";
  if (!(name in definitions)) {
    definitions[name] = true; // stops a schema that refers to itself
    definitions[name] = translate(document.components.schemas[name], document, definitions);
  }
  return `#/$defs/${name}`;
}
