import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { RepositoryName } from "../../domain/kernel/values.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { forgeIsAway, type PushGuard } from "../../ports/push-guard.ts";
import type { GitClones } from "./clones.ts";
import { git, gitEnvironment } from "./git-process.ts";
import { advertisePush, flushPacket, packet, parsePushHeader, reportPush, type PushHeader } from "./pkt-line.ts";
import { createQuarantine, type Quarantine, type Refusal } from "./quarantine.ts";

export interface GitEndpointOptions {
  readonly clones: GitClones;
  /** Bytes of one push. Default 256 MiB. */
  readonly largestPush?: number | undefined;
}

/** One request that was authenticated and belongs to a run of this repository. */
export interface GitCall {
  readonly repository: RepositoryName;
  /** What follows `owner/name.git/` in the address: `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly path: string;
  /** Query `service` of `info/refs`. */
  readonly service?: string | undefined;
  readonly guard: PushGuard;
}

/** Serves clone, fetch and push over git's smart HTTP protocol. Reads come from the clone after a fetch; a push goes through quarantine and the guard to the forge. */
export interface GitEndpoint {
  handle(request: IncomingMessage, response: ServerResponse, call: GitCall): Promise<void>;
}

const largestHeader = 256 * 1024;
const noCache = { "cache-control": "no-cache, max-age=0, must-revalidate", pragma: "no-cache" };

export function createGitEndpoint({ clones, largestPush = 256 * 1024 * 1024 }: GitEndpointOptions): GitEndpoint {
  return {
    handle: async (request, response, call) => {
      const key = `${request.method ?? ""} ${call.path}${call.service === undefined ? "" : ` ${call.service}`}`;
      if (key === "GET info/refs git-upload-pack") return advertiseFetch(await clones.update(call.repository), request, response);
      if (key === "GET info/refs git-receive-pack") return advertiseHeads(await clones.update(call.repository), response);
      if (key === "POST git-upload-pack") return servePack(await clones.open(call.repository), request, response);
      if (key === "POST git-receive-pack") return receivePush(clones, request, response, call, largestPush);
      response.writeHead(404, { "content-type": "text/plain" }).end("not a git service of this gateway\n");
    },
  };
}

async function advertiseFetch(clone: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const protocol = protocolOf(request);
  response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement", ...noCache });
  if (protocol !== "version=2") response.write(Buffer.concat([packet("# service=git-upload-pack\n"), flushPacket]));
  await streamGit(["upload-pack", "--stateless-rpc", "--advertise-refs", clone], protocol, undefined, response);
}

async function advertiseHeads(clone: string, response: ServerResponse): Promise<void> {
  const heads = await git(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/"], { cwd: clone });
  const refs = heads
    .split("\n")
    .filter(Boolean)
    .map((line) => ({ commit: line.slice(0, 40), name: line.slice(41) }));
  response.writeHead(200, { "content-type": "application/x-git-receive-pack-advertisement", ...noCache }).end(advertisePush(refs));
}

async function servePack(clone: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-git-upload-pack-result", ...noCache });
  await streamGit(["upload-pack", "--stateless-rpc", clone], protocolOf(request), bodyOf(request), response);
}

function protocolOf(request: IncomingMessage): string {
  const header = request.headers["git-protocol"];
  return header === "version=2" || header === "version=1" ? header : "version=0";
}

function bodyOf(request: IncomingMessage): Readable {
  return request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
}

/** Streams a git process to the client. A client that goes away ends the process; a process that fails cuts the answer short, which git clients notice. */
async function streamGit(args: readonly string[], protocol: string, input: Readable | undefined, response: ServerResponse): Promise<void> {
  const child = spawn("git", [...args], { env: { ...gitEnvironment(), GIT_PROTOCOL: protocol }, stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  child.stdin.on("error", () => undefined);
  if (input) input.on("error", () => child.kill("SIGKILL")).pipe(child.stdin);
  else child.stdin.end();
  await pipeline(child.stdout, response).catch(() => child.kill("SIGKILL"));
  await ended;
}

async function receivePush(clones: GitClones, request: IncomingMessage, response: ServerResponse, call: GitCall, limit: number): Promise<void> {
  await mkdir(clones.directory, { recursive: true });
  const spool = await mkdtemp(path.join(clones.directory, "push-"));
  const file = path.join(spool, "body");
  try {
    if (!(await store(bodyOf(request), file, limit))) {
      response.writeHead(413, { "content-type": "text/plain", connection: "close" }).end(`a push may have at most ${limit} bytes\n`);
      return;
    }
    const header = parsePushHeader(await firstBytes(file));
    if (!header) {
      response.writeHead(400, { "content-type": "text/plain" }).end("not a git push\n");
      return;
    }
    const clone = header.commands.length === 0 ? undefined : await clones.update(call.repository);
    response.writeHead(200, { "content-type": "application/x-git-receive-pack-result", ...noCache });
    // git asks first with an empty push whether it may send a large one.
    if (clone === undefined) response.end();
    else response.end(await judge(clones, clone, call, header, file, limit));
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

async function judge(clones: GitClones, clone: string, call: GitCall, header: PushHeader, file: string, limit: number): Promise<Buffer> {
  const quarantine = await createQuarantine(clones, call.repository, clone, limit);
  try {
    const refusal = await push(clones, quarantine, call, header, file);
    return reportPush(header, refusal?.reason, refusal?.lines ?? ["Signalbox: accepted and forwarded to the forge."]);
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return reportPush(header, error.retryable ? forgeIsAway : error.code, [
      `Signalbox could not reach the forge: ${error.message}`,
      ...(error.remedy ? [error.remedy] : []),
    ]);
  } finally {
    await quarantine.dispose();
  }
}

async function push(clones: GitClones, quarantine: Quarantine, call: GitCall, header: PushHeader, file: string): Promise<Refusal | undefined> {
  const onlyDeletions = header.commands.every((command) => /^0+$/.test(command.after));
  const damaged = onlyDeletions ? undefined : await quarantine.unpack(file, header.length);
  const proposal = damaged ?? (await quarantine.propose(header, call.guard.base));
  if ("reason" in proposal) {
    await call.guard.refused(
      { repository: call.repository, updates: header.commands.map(({ ref }) => ({ ref, forced: false, changes: [] })) },
      proposal.reason,
    );
    return proposal;
  }
  const judged = await call.guard.check(proposal);
  const verdict = judged.allowed ? await call.guard.forwarding(proposal) : judged;
  const refusal = verdict.allowed ? await quarantine.forward(proposal) : { reason: verdict.reason, lines: verdict.lines };
  if (refusal) await call.guard.refused(proposal, refusal.reason);
  else {
    await call.guard.accepted(proposal);
    // The forge has it; a clone that lags is brought up to date by the next read.
    await clones.update(call.repository).catch(() => undefined);
  }
  return refusal;
}

/** Writes a body to a file. @returns false when it is larger than `limit`; the rest is read and dropped, so that the client sees the answer, but not without end. */
async function store(body: Readable, file: string, limit: number): Promise<boolean> {
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > 4 * limit) done(new InfrastructureError("invalid-response", "the push does not end"));
      else done(null, size > limit ? undefined : chunk);
    },
  });
  await pipeline(body, counted, createWriteStream(file));
  return size <= limit;
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(largestHeader), 0, largestHeader, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
