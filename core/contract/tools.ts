import { z } from "zod";
import { roles, processStages, serviceStages } from "../domain/stage/stage.ts";
import { outgoingProblems } from "../domain/tool/outgoing-text.ts";
import type { ToolArguments, ToolName } from "../domain/tool/tool.ts";

/** What an agent may call and with which arguments: the source of the MCP tool list and of argument validation. Unknown fields are refused, every text is bounded. */
export interface ToolContract<Name extends ToolName = ToolName> {
  /** Part of a decision's digest: raise it when the meaning of the arguments changes. */
  readonly version: number;
  readonly title: string;
  /** Shown to the model. */
  readonly description: string;
  readonly schema: z.ZodType<ToolArguments[Name]>;
  /** It changes the forge or asks the owner: performed once per run and arguments. */
  readonly effectful: boolean;
}

const number = z.int().min(1).max(2_147_483_647);
const count = z.int().min(0).max(1_000_000_000_000);
/** The database cannot hold NUL, and a half of a surrogate pair has no canonical form. */
const storable = (value: string): boolean => value.isWellFormed() && !value.includes("\0");
const line = (maximum: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maximum)
    .regex(/^[^\r\n]*$/, "must be one line")
    .refine(storable, "must be well-formed text");
const text = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .refine((value) => value.trim() !== "", "must not be blank")
    .refine(storable, "must be well-formed text");
/** Text that people and bots of the forge will see: it says something, and sets nothing off. */
const outgoing = <Schema extends z.ZodString>(schema: Schema) =>
  schema.superRefine((value, context) => {
    for (const problem of outgoingProblems(value)) context.addIssue({ code: "custom", message: problem.message });
  });
const label = line(50);
const path = line(400).refine(
  (value) => !value.startsWith("/") && !value.includes("\\") && value.split("/").every((part) => part !== "" && part !== "." && part !== ".."),
  "must be a relative path with forward slashes and without '.' or '..'",
);
const login = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9._-]{1,100})?$/, "must be a login");
const nothing = z.strictObject({});

export const toolContracts: { readonly [Name in ToolName]: ToolContract<Name> } = {
  github_request_label: {
    version: 1,
    title: "Request a label change",
    description:
      "Adds and removes labels on an issue or pull request. Labels that start runs or deploys always wait for the owner. Give the reason in one or two sentences.",
    schema: z
      .strictObject({ number, add: z.array(label).max(20), remove: z.array(label).max(20), reason: text(1_000) })
      .refine((value) => value.add.length + value.remove.length > 0, "add or remove at least one label")
      .refine((value) => !value.add.some((name) => value.remove.includes(name)), "a label cannot be both added and removed"),
    effectful: true,
  },
  github_create_pr: {
    version: 1,
    title: "Open the pull request",
    description:
      "Opens the pull request from this run's branch to its base branch, or finds the one that is open. Commits must have been pushed before: they are pushed when your turn ends.",
    schema: z.strictObject({ title: outgoing(line(250)), body: outgoing(text(60_000)) }),
    effectful: true,
  },
  github_comment: {
    version: 1,
    title: "Comment",
    description:
      "Comments on an issue or pull request. With replyToThread the comment is the reply in that review thread of this run's pull request; add resolve: true when the thread is settled.",
    schema: z
      .strictObject({ number, body: outgoing(text(60_000)), replyToThread: line(200).optional(), resolve: z.boolean().optional() })
      .refine((value) => value.resolve === undefined || value.replyToThread !== undefined, "resolve needs replyToThread"),
    effectful: true,
  },
  github_request_review: {
    version: 1,
    title: "Request a review",
    description: "Asks people to review this run's pull request.",
    schema: z.strictObject({ reviewers: z.array(login).min(1).max(10) }),
    effectful: true,
  },
  kb_session_start: {
    version: 1,
    title: "Start the session record",
    description: "Records that you start to work on this stage in this role. Call it once, first.",
    schema: z.strictObject({ stage: z.enum([...processStages, ...serviceStages]), role: z.enum(roles) }),
    effectful: false,
  },
  kb_session_end: {
    version: 1,
    title: "End the session record",
    description: "Records what this session achieved, in a few sentences.",
    schema: z.strictObject({ summary: text(8_000) }),
    effectful: false,
  },
  kb_token_usage_append: {
    version: 1,
    title: "Append token usage",
    description: "Records the tokens of one turn (not cumulative).",
    schema: z.strictObject({
      turn: z.int().min(1).max(100_000),
      model: line(120),
      inputTokens: count,
      cachedInputTokens: count,
      outputTokens: count,
      reasoningTokens: count,
    }),
    effectful: false,
  },
  kb_flow_event_append: {
    version: 1,
    title: "Append a flow event",
    description: "Adds an event of your own to the audit trail. Its type is stored with the prefix 'agent.'.",
    schema: z.strictObject({
      type: z
        .string()
        .regex(/^[a-z][a-z0-9]*(?:[.-][a-z0-9]+){0,7}$/, "must be lower-case words joined by '.' or '-'")
        .max(80),
      payload: z
        .record(
          z.string().min(1).max(60).refine(storable, "must be well-formed text"),
          z.union([z.string().max(2_000).refine(storable, "must be well-formed text"), z.number(), z.boolean(), z.null()]),
        )
        .refine((value) => Object.keys(value).length <= 30, "at most 30 fields"),
    }),
    effectful: false,
  },
  kb_doc_upsert_meta: {
    version: 1,
    title: "Index a document",
    description: "Reads the front matter and the sections of a pushed document on this run's branch into the knowledge base.",
    schema: z.strictObject({ path }),
    effectful: false,
  },
  kb_search: {
    version: 1,
    title: "Search the knowledge base",
    description: "Full-text search over the project's documents. Returns document, section and excerpt, best first.",
    schema: z.strictObject({ query: text(500), limit: z.int().min(1).max(50).optional() }),
    effectful: false,
  },
  kb_link_issue_doc: {
    version: 1,
    title: "Link an issue and a document",
    description: "Records that a document belongs to an issue.",
    schema: z.strictObject({ issue: number, path }),
    effectful: false,
  },
  kb_link_pr_doc: {
    version: 1,
    title: "Link the pull request and a document",
    description: "Records that a document belongs to this run's pull request.",
    schema: z.strictObject({ path }),
    effectful: false,
  },
  docset_sync_issue: {
    version: 1,
    title: "Synchronise the issue's docset",
    description: "Writes docs/_docset/issues/issue-N.yaml on this run's branch from the documents that are there.",
    schema: z.strictObject({ issue: number }),
    effectful: false,
  },
  docset_sync_pr: {
    version: 1,
    title: "Synchronise the pull request's docset",
    description: "Writes docs/_docset/prs/pr-N.yaml on this run's branch from the documents that the pull request changes.",
    schema: nothing,
    effectful: false,
  },
  docset_sync_issue_map: {
    version: 1,
    title: "Synchronise the issue map",
    description: "Writes the issue map (issues and pull requests with their documents) on this run's branch.",
    schema: nothing,
    effectful: false,
  },
  docset_validate_required_artifacts: {
    version: 1,
    title: "Validate the required artifacts",
    description: "Says which artifacts this stage requires, which are there, and what is wrong with them.",
    schema: nothing,
    effectful: false,
  },
  owner_ask: {
    version: 1,
    title: "Ask the owner",
    description:
      "Asks the owner a question with 2 to 5 options, the recommended one first; the owner may also answer in own words. Use it when information is missing instead of guessing. When the answer says 'pending', end your turn: you are woken with the answer.",
    schema: z.strictObject({
      // Shown on the issue too.
      question: outgoing(text(2_000)),
      options: z
        .array(outgoing(line(300)))
        .min(2)
        .max(5)
        .refine((options) => new Set(options).size === options.length, "options must differ"),
      context: text(8_000).optional(),
    }),
    effectful: true,
  },
};

/** Validates what an agent passed. @returns the arguments as they will be used, or every problem with its field. */
export function parseToolArguments<Name extends ToolName>(
  tool: Name,
  raw: unknown,
):
  | { readonly ok: true; readonly value: ToolArguments[Name] }
  | { readonly ok: false; readonly error: readonly { /** `add.0`, or empty for the whole. */ readonly field: string; readonly message: string }[] } {
  // A schema does not see this name: it would be dropped unsaid, and what is dropped was not refused.
  if (namesPrototype(raw)) return { ok: false, error: [{ field: "__proto__", message: "no argument may have this name" }] };
  const parsed = toolContracts[tool].schema.safeParse(raw ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, error: parsed.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })) };
}

/** Of a call's completed arguments those that the tool's contract names: what its caller gives, and what a person may edit. The rest (branch, pull request) the run determines. */
export function givenArguments<Value>(tool: ToolName, completed: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const named = Object.keys(toolInputSchema(tool)["properties"] ?? {});
  return Object.fromEntries(Object.entries(completed).filter(([name]) => named.includes(name)));
}

/** Whether a member anywhere in the value is called `__proto__`. Without recursion, because nobody has looked at the depth yet. */
function namesPrototype(raw: unknown): boolean {
  const open = [raw];
  for (let value = open.pop(); open.length > 0 || value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) return true;
    for (const member of Object.values(value) as readonly unknown[]) if (typeof member === "object") open.push(member);
  }
  return false;
}

/** The arguments' JSON Schema, as MCP lists it. */
export function toolInputSchema(tool: ToolName): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(toolContracts[tool].schema, { io: "input" }) as Record<string, unknown>;
  return schema;
}
