import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { isReachableByOthers, obtainPostgres } from "./postgres-distribution.ts";
import { describeFailure, Unavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** A running PostgreSQL with pgvector, with a data directory and a port of its own. */
export interface PostgresServer {
  /** Connection string of the superuser. */
  readonly url: string;
  readonly origin: string;
  /** Ends the server at once and removes its data. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: as root it gets the first of these users that the machine has. */
const unprivilegedUsers = ["postgres", "nobody", "daemon"];

interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Runs the server and, when its own standard input closes, stops it and removes the data. The operating system closes the pipe however the
 * test run ends, so that even a killed run leaves nothing behind. $DIRECTORY is the data's parent; "$@" the server.
 */
const supervisor = `
exec 3<&0
"$@" </dev/null & server=$!
( cat <&3 >/dev/null; kill -INT "$server" ) 2>/dev/null & watcher=$!
wait "$server"; status=$?
rm -rf "$DIRECTORY"
kill "$watcher" 2>/dev/null
exit "$status"
`;

/** Durability is switched off: the data does not outlive the run. Everything else is as in earnest. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "300",
  fsync: "off",
  full_page_writes: "off",
  lc_messages: "C",
};

/** Starts a server of the test run's own. Throws {@link Unavailable} with the reason when this machine cannot have one. */
export async function startPostgres(): Promise<PostgresServer> {
  if (process.platform === "win32") throw new Unavailable("there is no embedded PostgreSQL with pgvector for Windows; set SIGNALBOX_TEST_POSTGRES_URL");
  const { bin, origin } = await obtainPostgres();
  const user = await serverUser();
  const password = randomBytes(16).toString("hex");
  const { port, supervised } = await startOnFreePort(bin, password, user);
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, origin, stop: () => stop(supervised) };
}

/** The port is free when it is chosen and may be taken when the server wants it: then everything starts anew with another one. */
async function startOnFreePort(bin: string, password: string, user: User | undefined): Promise<{ port: number; supervised: ChildProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const directory = await createDirectory(user);
    try {
      await initialise(bin, directory, password, user);
      const port = await freePort();
      const supervised = launch(bin, directory, port, user);
      await ready(supervised);
      return { port, supervised };
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      const reason = describeFailure(error);
      if (attempt === 3 || !reason.includes("Address already in use")) throw new Unavailable(`PostgreSQL did not start: ${reason}`, { cause: error });
    }
  }
}

async function serverUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of unprivilegedUsers) {
    const ids = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]).catch(() => undefined);
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Unavailable(`PostgreSQL refuses to run as root, and there is no user ${unprivilegedUsers.join(", ")}`);
}

async function createDirectory(user: User | undefined): Promise<string> {
  const parent = user === undefined || (await isReachableByOthers(tmpdir())) ? tmpdir() : "/var/tmp";
  const directory = await mkdtemp(join(parent, "signalbox-postgres-"));
  if (user) await chown(directory, user.uid, user.gid);
  return directory;
}

async function initialise(bin: string, directory: string, password: string, user: User | undefined): Promise<void> {
  const passwordFile = join(directory, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  const options = [
    "-D",
    join(directory, "data"),
    "-U",
    "postgres",
    "-A",
    "scram-sha-256",
    `--pwfile=${passwordFile}`,
    "-E",
    "UTF8",
    "--no-locale",
    "--no-sync",
  ];
  await run(join(bin, "initdb"), options, { cwd: directory, env: { PATH: process.env["PATH"], HOME: directory, LC_ALL: "C" }, ...user });
}

function launch(bin: string, directory: string, port: number, user: User | undefined): ChildProcess {
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return spawn("/bin/sh", ["-c", supervisor, "sh", join(bin, "postgres"), "-D", join(directory, "data"), "-p", String(port), ...options], {
    cwd: "/",
    env: { PATH: process.env["PATH"], HOME: directory, LC_ALL: "C", DIRECTORY: directory },
    // A session of its own: Ctrl-C in the terminal reaches the test run, which then ends the server in order.
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
    ...user,
  });
}

/** Resolves when the server accepts connections; rejects with what it last said when it ends before. Its log is read on, so that it never blocks. */
async function ready(supervised: ChildProcess): Promise<void> {
  if (!supervised.stderr) throw new Error("the server's log is not piped");
  const lines = createInterface({ input: supervised.stderr });
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      log.push(line);
      if (line.includes("ready to accept connections")) resolve();
    });
    supervised.once("error", reject);
    supervised.once("exit", (code) => reject(new Error(log.findLast((line) => /FATAL|could not bind/.test(line)) ?? log.at(-1) ?? `ended with code ${code}`)));
  });
}

async function stop(supervised: ChildProcess): Promise<void> {
  if (supervised.exitCode !== null || supervised.signalCode !== null) return;
  const ended = once(supervised, "exit");
  supervised.stdin?.end();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
