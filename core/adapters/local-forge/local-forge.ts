import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { Clock } from "../../ports/clock.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { createApi } from "./api.ts";
import { conditional } from "./conditional.ts";
import { createDeliverySender, type DeliverySender } from "./deliveries.ts";
import { answerGit, isGitRequest } from "./git-http.ts";
import { answerPage, isPageRequest } from "./pages.ts";
import { createRefScanner, type RefScanner } from "./refs.ts";
import { createSeeding, type Seeding } from "./seeding.ts";
import { openDatabase } from "./state/database.ts";
import type { RepositoryRow } from "./state/rows.ts";
import { ownerOf, type World } from "./world.ts";

/** One answer of the API, as it goes out. */
export interface ObservedResponse {
  readonly method: string;
  /** Path below `/api/v3` without the query, or `/graphql`. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface ObservedDelivery {
  readonly event: string;
  readonly action: string | null;
  readonly payload: string;
}

export interface LocalForgeOptions {
  /** Holds everything: `state.sqlite` and the bare repositories. Made when missing; one process at a time. */
  readonly directory: string;
  /** 0 (the default) takes a free one; give a fixed one to keep addresses over a restart. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly clock: Clock;
  /** Runs before the server listens, at every start. */
  readonly seed?: ((seeding: Seeding) => Promise<void>) | undefined;
  /** Told of errors of the forge itself (a caller gets a 500). */
  readonly report?: ((error: unknown) => void) | undefined;
  /** For tests: sees every answer and every delivery attempt. */
  readonly observe?: { readonly response?: (response: ObservedResponse) => void; readonly delivery?: (delivery: ObservedDelivery) => void } | undefined;
}

export interface LocalForge extends Seeding {
  /** `http://host:port`; git at `<url>/owner/name.git`. Known after `start`. */
  readonly url: string;
  /** What Octokit takes as `baseUrl`. */
  readonly apiUrl: string;
  start(): Promise<void>;
  /** Stops listening and sending. What was not sent is sent after the next start. */
  close(): Promise<void>;
  /** Resolves once no delivery waits or is under way. */
  deliveriesSettled(): Promise<void>;
}

/**
 * A GitHub-compatible forge on one machine: REST and GraphQL subset, signed webhooks, and real git over HTTP on bare repositories. All state is on disk and committed with
 * each change, so it survives a killed process; deliveries that were queued then are sent, and pushes that were not reported yet are reported, at the next start.
 */
export function createLocalForge(options: LocalForgeOptions): LocalForge {
  const host = options.host ?? "127.0.0.1";
  let running: Running | undefined;
  const must = (): Running => {
    if (!running) throw new InfrastructureError("unavailable", "the local forge is not started", { remedy: "Start the local forge first." });
    return running;
  };
  return {
    get url() {
      return must().world.url();
    },
    get apiUrl() {
      return `${must().world.url()}/api/v3`;
    },
    async start() {
      running ??= await startForge(options, host);
    },
    async close() {
      const stopping = running;
      running = undefined;
      if (stopping) await stopForge(stopping);
    },
    deliveriesSettled: () => must().sender.idle(),
    ensureUser: (user) => must().seeding.ensureUser(user),
    ensureOrganization: (organization) => must().seeding.ensureOrganization(organization),
    ensureRepository: (repository) => must().seeding.ensureRepository(repository),
    setPermission: (repository, login, permission) => must().seeding.setPermission(repository, login, permission),
    setDefaultBranch: (repository, branch) => must().seeding.setDefaultBranch(repository, branch),
    createApp: (app) => must().seeding.createApp(app),
  };
}

interface Running {
  readonly world: World;
  readonly server: Server;
  readonly sender: DeliverySender;
  readonly seeding: Seeding;
}

async function startForge(options: LocalForgeOptions, host: string): Promise<Running> {
  const gitRoot = join(options.directory, "git");
  await mkdir(gitRoot, { recursive: true });
  const db = openDatabase(join(options.directory, "state.sqlite"));
  let address = "";
  const world: World = { db, clock: options.clock, gitRoot, url: () => address, wake: () => sender.wake() };
  const sender: DeliverySender = createDeliverySender(
    world,
    (delivery) => options.observe?.delivery?.(delivery),
    (error) => options.report?.(error),
  );
  const scanner = createRefScanner(world);
  const seeding = createSeeding(world);
  await options.seed?.(seeding);
  const server = createAdaptorServer({ fetch: answerer(world, scanner, options) }) as Server;
  await listen(server, options.port ?? 0, host);
  address = `http://${host}:${(server.address() as AddressInfo).port}`;
  for (const repository of db.all<RepositoryRow>("select * from repositories")) await scanner.scan(repository, ownerOf(world, repository));
  sender.wake();
  return { world, server, sender, seeding };
}

function answerer(world: World, scanner: RefScanner, options: LocalForgeOptions): (request: Request) => Promise<Response> {
  const api = createApi(world, scanner, (error) => options.report?.(error));
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (isGitRequest(pathname)) return answerGit(world, scanner, request);
    if (isPageRequest(pathname)) return answerPage(world, request);
    const response = await conditional(request, await api.fetch(request));
    if (options.observe?.response && pathname.startsWith("/api/")) {
      const body = await response.clone().text();
      options.observe.response({
        method: request.method,
        path: pathname.replace(/^\/api(\/v3)?/, ""),
        status: response.status,
        headers: response.headers,
        body,
      });
    }
    return response;
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new InfrastructureError("unavailable", `the local forge cannot listen on ${host}:${port}`, { cause, remedy: "Free the port or choose another one." }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

async function stopForge({ server, sender, world }: Running): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
  await sender.close();
  world.db.close();
}
