import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { isReachableByOthers } from "./cache-directory.ts";
import { obtainPostgres } from "./postgres-distribution.ts";
import { describeFailure, Unavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** A running PostgreSQL with pgvector, with a data directory and a port of its own. */
export interface PostgresServer {
  /** Connection string of the superuser. */
  readonly url: string;
  readonly origin: string;
  /**
   * Ends the server at once, without a checkpoint or a farewell to its clients, as a crash would, and starts it again on the same data and port.
   * Resolves when it accepts connections; it recovers first.
   * @param downFor milliseconds in between.
   */
  restart(downFor?: number): Promise<void>;
  /** Ends the server in the same way, and leaves it ended until the returned function is called, which resolves when it accepts connections again. */
  halt(): Promise<() => Promise<void>>;
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
 * test run ends, so that even a killed run leaves nothing behind. $DIRECTORY is the data's parent; "$@" the server. A server that ends while there is a file
 * `again` is started again, once the file `down` is gone.
 */
const supervisor = `
exec 3<&0
cd "$DIRECTORY"
( cat <&3 >/dev/null; : >ended; rm -f down; kill -INT "$(cat server)" ) 2>/dev/null & watcher=$!
while :; do
  "$@" </dev/null & server=$!
  echo "$server" >server
  [ -e ended ] && kill -INT "$server" 2>/dev/null
  wait "$server"; status=$?
  [ -e again ] && [ ! -e ended ] || break
  rm again
  while [ -e down ]; do sleep 0.1; done
  [ ! -e ended ] || break
done
cd /
rm -rf "$DIRECTORY"
kill "$watcher" 2>/dev/null
exit "$status"
`;

export interface PostgresSettings {
  /** Every commit waits for the disk, as in earnest. Else nothing does: the data of a test does not outlive the run. */
  readonly durable?: boolean | undefined;
}

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "300",
  lc_messages: "C",
};
const withoutDurability = { fsync: "off", full_page_writes: "off" };

/** Starts a server of the run's own. Throws {@link Unavailable} with the reason when this machine cannot have one. */
export async function startPostgres({ durable = false }: PostgresSettings = {}): Promise<PostgresServer> {
  if (process.platform === "win32") throw new Unavailable("there is no embedded PostgreSQL with pgvector for Windows; set SIGNALBOX_TEST_POSTGRES_URL");
  const { bin, origin } = await obtainPostgres();
  const user = await serverUser();
  const password = randomBytes(16).toString("hex");
  const { port, directory, supervised } = await startOnFreePort(bin, password, user, durable ? settings : { ...settings, ...withoutDurability });
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    origin,
    async restart(downFor = 0) {
      const resume = await halt(supervised, directory);
      await delay(downFor);
      await resume();
    },
    halt: () => halt(supervised, directory),
    stop: () => stop(supervised),
  };
}

interface Started {
  readonly port: number;
  readonly directory: string;
  readonly supervised: ChildProcess;
}

/** The port is free when it is chosen and may be taken when the server wants it: then everything starts anew with another one. */
async function startOnFreePort(bin: string, password: string, user: User | undefined, parameters: Readonly<Record<string, string>>): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const directory = await createDirectory(user);
    try {
      await initialise(bin, directory, password, user);
      const port = await freePort();
      const supervised = launch(bin, directory, port, user, parameters);
      await ready(supervised);
      return { port, directory, supervised };
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

function launch(bin: string, directory: string, port: number, user: User | undefined, parameters: Readonly<Record<string, string>>): ChildProcess {
  const options = Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return spawn("/bin/sh", ["-c", supervisor, "sh", join(bin, "postgres"), "-D", join(directory, "data"), "-p", String(port), ...options], {
    cwd: "/",
    env: { PATH: process.env["PATH"], HOME: directory, LC_ALL: "C", DIRECTORY: directory },
    // A session of its own: Ctrl-C in the terminal reaches the test run, which then ends the server in order.
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
    ...user,
  });
}

/** Resolves when the server next says that it accepts connections; rejects with what it last said when it ends before. */
async function ready(supervised: ChildProcess): Promise<void> {
  const lines = logOf(supervised);
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const settle = (end: () => void): void => {
      lines.off("line", onLine);
      supervised.off("error", onError);
      supervised.off("exit", onExit);
      end();
    };
    const onLine = (line: string): void => {
      log.push(line);
      if (line.includes("ready to accept connections")) settle(resolve);
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number | null): void =>
      settle(() => reject(new Error(log.findLast((line) => /FATAL|could not bind/.test(line)) ?? log.at(-1) ?? `ended with code ${code}`)));
    lines.on("line", onLine);
    supervised.once("error", onError);
    supervised.once("exit", onExit);
  });
}

const logs = new WeakMap<ChildProcess, Interface>();

/** The server's log by lines. It is read on whoever listens, so that the server never blocks. */
function logOf(supervised: ChildProcess): Interface {
  if (!supervised.stderr) throw new Error("the server's log is not piped");
  const lines = logs.get(supervised) ?? createInterface({ input: supervised.stderr });
  logs.set(supervised, lines);
  return lines;
}

async function halt(supervised: ChildProcess, directory: string): Promise<() => Promise<void>> {
  const server = Number(await readFile(join(directory, "server"), "utf8"));
  await writeFile(join(directory, "down"), "");
  await writeFile(join(directory, "again"), "");
  const up = ready(supervised);
  up.catch(() => undefined); // told to the caller below, whenever it happens
  // An immediate shutdown: nothing is flushed, nobody is told.
  process.kill(server, "SIGQUIT");
  return async () => {
    await rm(join(directory, "down"), { force: true });
    await up;
  };
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
