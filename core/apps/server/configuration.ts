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

const environment = z
  .object({
    SIGNALBOX_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/u, error: "must be a postgres:// address" }),
    SIGNALBOX_REPOSITORIES: repositories,
    SIGNALBOX_GITHUB_URL: z.url().default("https://api.github.com"),
    SIGNALBOX_GITHUB_TOKEN: z.string().min(1).optional(),
    SIGNALBOX_GITHUB_APP_ID: z.coerce.number().int().positive().optional(),
    SIGNALBOX_GITHUB_APP_KEY_FILE: z.string().min(1).optional(),
    SIGNALBOX_OWNER_GITHUB_TOKEN: z.string().min(1).optional(),
    SIGNALBOX_WEBHOOK_SECRET: z.string().min(16, "must have at least 16 characters"),
    SIGNALBOX_WEBHOOK_URL: z.url(),
    SIGNALBOX_TRUSTED_SIGNERS: z.string().min(1),
    SIGNALBOX_DATA_DIRECTORY: z.string().min(1),
    SIGNALBOX_LISTEN: z.string().min(1).default("127.0.0.1"),
    SIGNALBOX_RELAY_PORT: port.default(8_080),
    SIGNALBOX_GATEWAY_PORT: port.default(8_081),
    /** Where agents reach the gateway, when that is not where it listens. */
    SIGNALBOX_GATEWAY_URL: z.url().optional(),
    SIGNALBOX_MODEL_URL: z.url(),
    SIGNALBOX_MODEL_KEY: z.string().min(1),
    SIGNALBOX_MODEL_NAME: z.string().min(1),
  })
  .refine((env) => env.SIGNALBOX_GITHUB_TOKEN !== undefined || (env.SIGNALBOX_GITHUB_APP_ID !== undefined && env.SIGNALBOX_GITHUB_APP_KEY_FILE !== undefined), {
    error: "set SIGNALBOX_GITHUB_TOKEN, or SIGNALBOX_GITHUB_APP_ID and SIGNALBOX_GITHUB_APP_KEY_FILE",
  });

export type GitHubCredential =
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "app"; readonly appId: number; readonly privateKey: string };

/** How `signalbox serve` is set up, from environment variables (docs/guide/command-line.md lists them). */
export interface ServerConfiguration {
  readonly databaseUrl: string;
  readonly repositories: readonly string[];
  readonly github: { readonly url: string; readonly credential: GitHubCredential; readonly ownerCredential?: GitHubCredential | undefined };
  readonly webhook: { readonly secret: string; readonly url: string };
  readonly trustedSigners: string;
  readonly dataDirectory: string;
  readonly listen: string;
  readonly relayPort: number;
  readonly gatewayPort: number;
  readonly gatewayUrl?: string | undefined;
  readonly model: { readonly baseUrl: string; readonly apiKey: string; readonly name: string };
}

/** @throws InfrastructureError `invalid-response` that names every variable that is missing or wrong. */
export async function readConfiguration(env: NodeJS.ProcessEnv): Promise<ServerConfiguration> {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message));
    throw new InfrastructureError("invalid-response", `the environment does not configure a server: ${faults.join("; ")}`, {
      remedy: "docs/guide/command-line.md lists the variables of signalbox serve.",
    });
  }
  const set = parsed.data;
  return {
    databaseUrl: set.SIGNALBOX_DATABASE_URL,
    repositories: set.SIGNALBOX_REPOSITORIES,
    github: {
      url: set.SIGNALBOX_GITHUB_URL,
      credential: await credentialOf(set),
      ...(set.SIGNALBOX_OWNER_GITHUB_TOKEN === undefined ? {} : { ownerCredential: { type: "token", token: set.SIGNALBOX_OWNER_GITHUB_TOKEN } }),
    },
    webhook: { secret: set.SIGNALBOX_WEBHOOK_SECRET, url: set.SIGNALBOX_WEBHOOK_URL },
    trustedSigners: set.SIGNALBOX_TRUSTED_SIGNERS,
    dataDirectory: set.SIGNALBOX_DATA_DIRECTORY,
    listen: set.SIGNALBOX_LISTEN,
    relayPort: set.SIGNALBOX_RELAY_PORT,
    gatewayPort: set.SIGNALBOX_GATEWAY_PORT,
    gatewayUrl: set.SIGNALBOX_GATEWAY_URL,
    model: { baseUrl: set.SIGNALBOX_MODEL_URL, apiKey: set.SIGNALBOX_MODEL_KEY, name: set.SIGNALBOX_MODEL_NAME },
  };
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
