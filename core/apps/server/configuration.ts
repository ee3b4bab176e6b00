import { readFile } from "node:fs/promises";
import { z } from "zod";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const repositories = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string().regex(/^[\w.-]+\/[\w.-]+$/u, "write repositories as owner/name, separated by commas")).min(1));

const timeNames = ["lease", "start", "deadline", "hold", "requestDays", "grace", "sweep", "recover", "reconcile"] as const;
/** `lease=15,sweep=5`: what differs from the defaults (compose.ts says what each means). */
const times = z
  .string()
  .transform((text) => Object.fromEntries(text.split(",").map((pair) => pair.trim().split("="))) as unknown)
  .pipe(z.partialRecord(z.enum(timeNames), z.coerce.number().positive()));

const longSecret = z.string().min(16, "must have at least 16 characters");

/** All that the public endpoint needs: nothing with which the forge, a model or an agent could be reached. */
const relayEnvironment = z.object({
  SIGNALBOX_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/u, error: "must be a postgres:// address" }),
  SIGNALBOX_WEBHOOK_SECRET: longSecret,
  SIGNALBOX_LISTEN: z.string().min(1).default("127.0.0.1"),
  SIGNALBOX_RELAY_PORT: port.default(8_080),
});

const environment = relayEnvironment
  .extend({
    SIGNALBOX_REPOSITORIES: repositories,
    SIGNALBOX_GITHUB_URL: z.url().default("https://api.github.com"),
    SIGNALBOX_GITHUB_TOKEN: z.string().min(1).optional(),
    SIGNALBOX_GITHUB_APP_ID: z.coerce.number().int().positive().optional(),
    SIGNALBOX_GITHUB_APP_KEY_FILE: z.string().min(1).optional(),
    SIGNALBOX_OWNER_GITHUB_TOKEN: z.string().min(1).optional(),
    /** The same for gateway and orchestrator: the one checks the bootstrap tokens that the other hands out. */
    SIGNALBOX_BOOTSTRAP_SECRET: longSecret,
    SIGNALBOX_WEBHOOK_URL: z.url(),
    SIGNALBOX_TRUSTED_SIGNERS: z.string().min(1),
    SIGNALBOX_DATA_DIRECTORY: z.string().min(1),
    SIGNALBOX_GATEWAY_PORT: port.default(8_081),
    /** Where agents reach the gateway, when that is not where it listens. */
    SIGNALBOX_GATEWAY_URL: z.url().optional(),
    SIGNALBOX_MODEL_URL: z.url(),
    SIGNALBOX_MODEL_KEY: z.string().min(1),
    SIGNALBOX_MODEL_NAME: z.string().min(1),
    SIGNALBOX_TIMES: times.optional(),
  })
  .refine((env) => env.SIGNALBOX_GITHUB_TOKEN !== undefined || (env.SIGNALBOX_GITHUB_APP_ID !== undefined && env.SIGNALBOX_GITHUB_APP_KEY_FILE !== undefined), {
    error: "set SIGNALBOX_GITHUB_TOKEN, or SIGNALBOX_GITHUB_APP_ID and SIGNALBOX_GITHUB_APP_KEY_FILE",
  });

export type GitHubCredential =
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "app"; readonly appId: number; readonly privateKey: string };

/** How the relay is set up, from environment variables (docs/guide/command-line.md lists them). */
export interface RelayConfiguration {
  readonly databaseUrl: string;
  readonly webhookSecret: string;
  readonly listen: string;
  readonly relayPort: number;
}

/** How everything else is set up. */
export interface ServerConfiguration extends RelayConfiguration {
  readonly repositories: readonly string[];
  readonly github: { readonly url: string; readonly credential: GitHubCredential; readonly ownerCredential?: GitHubCredential | undefined };
  readonly webhookUrl: string;
  readonly bootstrapSecret: string;
  readonly trustedSigners: string;
  readonly dataDirectory: string;
  readonly gatewayPort: number;
  readonly gatewayUrl?: string | undefined;
  /** Times that differ from the defaults. */
  readonly times: z.infer<typeof times>;
  readonly model: { readonly baseUrl: string; readonly apiKey: string; readonly name: string };
}

/** @throws InfrastructureError `invalid-response` that names every variable that is missing or wrong. */
export function readRelayConfiguration(env: NodeJS.ProcessEnv): RelayConfiguration {
  const set = parse(relayEnvironment, env);
  return {
    databaseUrl: set.SIGNALBOX_DATABASE_URL,
    webhookSecret: set.SIGNALBOX_WEBHOOK_SECRET,
    listen: set.SIGNALBOX_LISTEN,
    relayPort: set.SIGNALBOX_RELAY_PORT,
  };
}

/** @throws InfrastructureError `invalid-response` that names every variable that is missing or wrong; `not-found` when the app's key file cannot be read. */
export async function readConfiguration(env: NodeJS.ProcessEnv): Promise<ServerConfiguration> {
  const set = parse(environment, env);
  return {
    ...readRelayConfiguration(env),
    repositories: set.SIGNALBOX_REPOSITORIES,
    github: {
      url: set.SIGNALBOX_GITHUB_URL,
      credential: await credentialOf(set),
      ...(set.SIGNALBOX_OWNER_GITHUB_TOKEN === undefined ? {} : { ownerCredential: { type: "token", token: set.SIGNALBOX_OWNER_GITHUB_TOKEN } }),
    },
    webhookUrl: set.SIGNALBOX_WEBHOOK_URL,
    bootstrapSecret: set.SIGNALBOX_BOOTSTRAP_SECRET,
    trustedSigners: set.SIGNALBOX_TRUSTED_SIGNERS,
    dataDirectory: set.SIGNALBOX_DATA_DIRECTORY,
    gatewayPort: set.SIGNALBOX_GATEWAY_PORT,
    gatewayUrl: set.SIGNALBOX_GATEWAY_URL,
    times: set.SIGNALBOX_TIMES ?? {},
    model: { baseUrl: set.SIGNALBOX_MODEL_URL, apiKey: set.SIGNALBOX_MODEL_KEY, name: set.SIGNALBOX_MODEL_NAME },
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.infer<Schema> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message));
  throw new InfrastructureError("invalid-response", `the environment does not configure this part: ${faults.join("; ")}`, {
    remedy: "docs/guide/command-line.md lists the variables of signalbox serve.",
  });
}

async function credentialOf(set: z.infer<typeof environment>): Promise<GitHubCredential> {
  if (set.SIGNALBOX_GITHUB_TOKEN !== undefined) return { type: "token", token: set.SIGNALBOX_GITHUB_TOKEN };
  const file = set.SIGNALBOX_GITHUB_APP_KEY_FILE ?? "";
  const privateKey = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new InfrastructureError("not-found", `the app's private key ${file} cannot be read`, {
      cause,
      remedy: "Set SIGNALBOX_GITHUB_APP_KEY_FILE to the PEM file that GitHub gave for the app.",
    });
  });
  return { type: "app", appId: set.SIGNALBOX_GITHUB_APP_ID ?? 0, privateKey };
}
