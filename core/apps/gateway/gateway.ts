import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createMcpEndpoint, type McpEndpoint } from "../../adapters/mcp/endpoint.ts";
import { runnerPaths } from "../../contract/runner.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { RunIdentity } from "../../usecases/authenticate-run.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { HttpRefusal, readJsonValue, sendError, sendJson } from "./http.ts";
import { createRunLimiter, defaultRunLimits, type RequestKind, type RunLimiter } from "./run-limits.ts";
import { runnerRoutes } from "./runner-routes.ts";
import { listedTools } from "./tool-arguments.ts";

export interface Gateway {
  /** Starts listening; port 0 takes a free one. */
  start(options: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>;
  /** Takes no new connection, ends held calls, and waits for the requests under way. */
  stop(): Promise<void>;
}

const instructions =
  "The governed tools of this run. Everything that leaves your workspace goes through them. A result with status 'pending' means that the owner is asked: end your turn, you are woken with the outcome. 'denied' and 'refused' are final for these arguments.";

/** Bytes of one MCP message. */
const largestCall = 1024 * 1024;

/** The only door of an agent: tools over MCP, git, and the runner protocol, each with the run's own token. */
export function createGateway(deps: GatewayDependencies): Gateway {
  const mcp = createMcpEndpoint({
    name: "signalbox",
    version: deps.version,
    instructions,
    tools: listedTools,
    onError: (error) => deps.log.warn({ err: error }, "mcp request failed"),
  });
  const limiter = createRunLimiter(deps.limits?.run ?? defaultRunLimits, deps.elapsed ?? (() => performance.now()), (identity, limit) => {
    deps.log.warn({ runId: identity.run.id, limit }, "a run reached a limit");
    deps.recordLimit?.(identity, limit).catch((error: unknown) => deps.log.error({ err: error }, "a limit could not be recorded"));
  });
  let base = deps.publicUrl ?? "";
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 600_000, maxHeaderSize: 16 * 1024 }, (request, response) => {
    route(deps, { mcp, base, limiter }, request, response)
      .catch((error: unknown) => {
        if (!(error instanceof HttpRefusal)) deps.log.error({ err: error, path: pathOf(request) }, "gateway request failed");
        sendError(response, error);
        if (!response.writableEnded) response.destroy();
      })
      .finally(() => closeUnread(request, response));
  });
  return {
    start: async ({ host, port }) => {
      await new Promise<void>((resolve, reject) => {
        server.once("error", (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)));
        server.listen(port, host, resolve);
      });
      const { address, family, port: bound } = server.address() as AddressInfo;
      const url = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
      base = deps.publicUrl ?? url;
      return { url };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Held calls would keep us for as long as they are held; their callers repeat them and find what is stored.
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  readonly mcp: McpEndpoint;
  /** The gateway's own address. */
  readonly base: string;
  readonly limiter: RunLimiter;
}

async function route(deps: GatewayDependencies, { mcp, base, limiter }: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = addressOf(request);
  const authenticate = async (): Promise<RunIdentity> => {
    const identity = await identify(deps, tokenOf(request));
    // Closed whether the answer was sent or the caller went away.
    if (!response.destroyed) response.once("close", limiter.enter(identity, kindOf(request, url)));
    return identity;
  };
  if (url.pathname === "/healthz") return health(deps, request, response);
  if (url.pathname === runnerPaths.mcp) return serveMcp(deps, mcp, request, response, await authenticate());
  if (url.pathname.startsWith(`${runnerPaths.git}/`)) return serveGit(deps, url, request, response, authenticate);
  const found = runnerRoutes[`${request.method} ${url.pathname}`];
  if (found) return found(deps, { request, response, url, base, authenticate, limiter });
  const methods = Object.keys(runnerRoutes).flatMap((key) => (key.endsWith(` ${url.pathname}`) ? [key.split(" ")[0] ?? ""] : []));
  if (methods.length > 0)
    throw new HttpRefusal(405, "wrong-method", `only ${methods.join(", ")} is understood here`, { headers: { allow: methods.join(", ") } });
  throw new HttpRefusal(404, "not-found", "there is nothing at this address");
}

async function health(deps: GatewayDependencies, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    throw new HttpRefusal(405, "wrong-method", "only GET is understood here", { headers: { allow: "GET" } });
  if (!(await deps.healthy())) throw new HttpRefusal(503, "unavailable", "the database does not answer");
  sendJson(response, 200, { status: "ok" });
}

async function serveMcp(deps: GatewayDependencies, mcp: McpEndpoint, request: IncomingMessage, response: ServerResponse, identity: RunIdentity): Promise<void> {
  const caller = { run: identity.run, attempt: identity.attempt.attempt };
  const body = request.method === "POST" ? await readJsonValue(request, largestCall) : undefined;
  await mcp.handle(request, response, { body, callTool: (name, raw, options) => deps.callTool(caller, name, raw, options) });
}

function kindOf(request: IncomingMessage, url: URL): RequestKind {
  if (url.pathname === runnerPaths.mcp) return "call";
  if (url.pathname === runnerPaths.heartbeat) return "heartbeat";
  if (url.pathname === runnerPaths.snapshot) return "snapshot";
  if (!url.pathname.startsWith(`${runnerPaths.git}/`)) return "protocol";
  return request.method === "POST" && url.pathname.endsWith("/git-receive-pack") ? "push" : "fetch";
}

/** The address as sent, not resolved against anything: `//host/…` names no other host here. */
function addressOf(request: IncomingMessage): URL {
  const url = URL.canParse(`http://gateway.invalid${request.url ?? "/"}`) ? new URL(`http://gateway.invalid${request.url ?? "/"}`) : undefined;
  if (!url) throw new HttpRefusal(400, "malformed", "the address cannot be read");
  return url;
}

/** `/git/owner/name.git/…`: git sends the run token as the password of Basic authentication, and asks without it first. */
async function serveGit(
  deps: GatewayDependencies,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  authenticate: () => Promise<RunIdentity>,
): Promise<void> {
  const match = /^\/git\/([^/]+\/[^/]+)\.git\/(.+)$/.exec(url.pathname);
  const { run, attempt } = await authenticate();
  // Another repository than the run's is as good as none.
  if (!match || match[1] !== run.repository) throw new HttpRefusal(404, "not-found", "there is no such repository for this run");
  const guard = deps.acceptPush(run, attempt.attempt);
  await deps.git.handle(request, response, { repository: run.repository, path: match[2] ?? "", service: url.searchParams.get("service") ?? undefined, guard });
}

async function identify(deps: GatewayDependencies, token: string | undefined): Promise<RunIdentity> {
  const challenge = { "www-authenticate": 'Basic realm="signalbox", Bearer' };
  if (token === undefined) throw new HttpRefusal(401, "unknown", "a run token is needed", { headers: challenge });
  const identity = await deps.authenticateRun(token);
  if (identity === "unknown") throw new HttpRefusal(401, "unknown", "no run has this token", { headers: challenge });
  if (identity === "fenced") throw new HttpRefusal(409, "fenced", "a newer attempt has taken over, or the run has ended");
  return identity;
}

function tokenOf(request: IncomingMessage): string | undefined {
  const [scheme = "", credential = ""] = (request.headers.authorization ?? "").split(" ", 2);
  if (scheme.toLowerCase() === "bearer" && credential !== "") return credential;
  if (scheme.toLowerCase() !== "basic") return undefined;
  const decoded = Buffer.from(credential, "base64").toString("utf8");
  const password = decoded.slice(decoded.indexOf(":") + 1);
  return decoded.includes(":") && password !== "" ? password : undefined;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

/** An answer that was given before the body was read: read a little more, so that the sender sees the answer, then hang up. */
function closeUnread(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return;
  const hangUp = (): void => request.socket.destroySoon();
  let left = 1024 * 1024;
  request.on("data", (chunk: Buffer) => {
    const over = left < 0;
    left -= chunk.length;
    if (left < 0 && !over) hangUp();
  });
  request.resume();
  response.once("finish", () => request.complete || request.once("end", hangUp));
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): InfrastructureError {
  if (cause.code === "EADDRINUSE")
    return new InfrastructureError("busy", `port ${port} on ${host} is in use`, { cause, remedy: "Stop the other process, or choose another port." });
  return new InfrastructureError("unavailable", `cannot listen on ${host}:${port}`, { cause, remedy: "Check the address and the port." });
}
