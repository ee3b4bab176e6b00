import { createAppAuth } from "@octokit/auth-app";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import type { RepositoryName } from "../../domain/kernel/values.ts";
import { rememberReads } from "./etag-cache.ts";
import { repeatFailed } from "./repeat-failed.ts";

export type GitHubCredential =
  | { readonly type: "token"; readonly token: string }
  /** Without `installationId` the installation is looked up for each owner. */
  | { readonly type: "app"; readonly appId: number; readonly privateKey: string; readonly installationId?: number | undefined };

export interface GitHubConnectionOptions {
  readonly credential: GitHubCredential;
  /** REST base: `https://api.github.com` (default), `https://HOST/api/v3` for GitHub Enterprise, the local forge's `apiUrl`. */
  readonly baseUrl?: string | undefined;
  /** `polite` spaces writes as GitHub asks (one a second). Default: polite, but `none` for a forge on this machine. */
  readonly pacing?: "polite" | "none" | undefined;
  /** Milliseconds that one attempt may take. Default 30,000. */
  readonly timeout?: number | undefined;
  /** How often a failed repeatable call is tried again (429 and 5xx). Default 3. */
  readonly retries?: number | undefined;
  /** Milliseconds of the first wait between tries; they grow quadratically. Default 1,000. */
  readonly retryDelay?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

const Client = Octokit.plugin(throttling);
export type GitHubClient = InstanceType<typeof Client>;

/** A rate limit that ends this soon is waited for; a longer one is the caller's to plan around. Seconds. */
const longestWait = 5;

export interface GitHubConnection {
  /** A client that acts on this repository: the token's, or the app's installation there. */
  client(repository: RepositoryName): Promise<GitHubClient>;
  /** A client for questions about the credential itself. */
  readonly own: GitHubClient;
  /** A token for git on this repository. */
  gitToken(repository: RepositoryName): Promise<string>;
}

type AppCredential = Extract<GitHubCredential, { readonly type: "app" }>;

/** Opens nothing yet: the first call does. Clients, their ETag caches and installation tokens live as long as the connection. */
export function createConnection(options: GitHubConnectionOptions): GitHubConnection {
  const { credential } = options;
  if (credential.type === "app") return createAppConnection(options, credential);
  const own = createClient(options, { auth: credential.token });
  return { own, client: async () => own, gitToken: async () => credential.token };
}

function createAppConnection(options: GitHubConnectionOptions, credential: AppCredential): GitHubConnection {
  const own = createClient(options, appStrategy(credential));
  const byInstallation = new Map<number, GitHubClient>();
  const installations = new Map<string, Promise<number>>();

  async function client(repository: RepositoryName): Promise<GitHubClient> {
    const id = credential.installationId ?? (await installationOf(repository));
    const known = byInstallation.get(id);
    if (known) return known;
    const made = createClient(options, appStrategy(credential, id));
    byInstallation.set(id, made);
    return made;
  }

  function installationOf(repository: RepositoryName): Promise<number> {
    const { owner, repo } = split(repository);
    const known = installations.get(owner);
    if (known) return known;
    const asked = own.rest.apps.getRepoInstallation({ owner, repo }).then((response) => response.data.id);
    installations.set(owner, asked);
    asked.catch(() => installations.delete(owner)); // the app may be installed later
    return asked;
  }

  return {
    own,
    client,
    async gitToken(repository) {
      const authentication = (await (await client(repository)).auth({ type: "installation" })) as { readonly token: string };
      return authentication.token;
    },
  };
}

function appStrategy(credential: AppCredential, installationId?: number): Record<string, unknown> {
  const { appId, privateKey } = credential;
  return { authStrategy: createAppAuth, auth: { appId, privateKey, ...(installationId === undefined ? {} : { installationId }) } };
}

function createClient(options: GitHubConnectionOptions, authentication: Record<string, unknown>): GitHubClient {
  const baseUrl = (options.baseUrl ?? "https://api.github.com").replace(/\/$/, "");
  const pacing = options.pacing ?? (isThisMachine(baseUrl) ? "none" : "polite");
  const waitIfShort = (retryAfter: number, _request: unknown, _client: unknown, retryCount: number) => retryCount === 0 && retryAfter <= longestWait;
  const client = new Client({
    ...authentication,
    baseUrl,
    userAgent: "signalbox",
    request: { fetch: withDeadline(options.fetch ?? fetch, options.timeout ?? 30_000) },
    throttle: { enabled: pacing === "polite", onRateLimit: waitIfShort, onSecondaryRateLimit: waitIfShort },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  repeatFailed(client, { retries: options.retries ?? 3, retryDelay: options.retryDelay ?? 1000 });
  rememberReads(client);
  return client;
}

function ignore(): void {
  // Octokit logs retries and deprecations in prose; failures reach our log as errors.
}

/** A deadline for each attempt of its own, so that waiting in a queue does not count. */
function withDeadline(send: typeof fetch, timeout: number): typeof fetch {
  return (input, init) =>
    send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, AbortSignal.timeout(timeout)]) : AbortSignal.timeout(timeout) });
}

function isThisMachine(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** `owner/name` in the two parts that Octokit takes. */
export function split(repository: RepositoryName): { readonly owner: string; readonly repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}
