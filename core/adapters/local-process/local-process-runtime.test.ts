import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunId } from "../../domain/kernel/values.ts";
import { createLocalProcessRuntime } from "./local-process-runtime.ts";
import { startOf } from "./processes.ts";

const runner = fileURLToPath(new URL("./tiny-runner.fixture.ts", import.meta.url));
const runId = "run-1" as RunId;
const start = { runId, attempt: 1, gatewayUrl: "http://127.0.0.1:9", bootstrapToken: "bootstrap-token-of-this-attempt" };

interface Seen {
  readonly pids: readonly number[];
  readonly environment: Record<string, string>;
}

describe("agents as local processes", () => {
  let directory = "";
  const runtime = () => createLocalProcessRuntime({ directory, runner, node: process.execPath });
  const seen = (): Promise<Seen> =>
    vi.waitFor(async () => JSON.parse(await readFile(join(directory, "run-1-1", "seen.json"), "utf8")) as Seen, { timeout: 10_000 });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "signalbox-attempts-"));
  });
  afterEach(async () => {
    await runtime().stop(runId, 1);
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true, force: true });
  });

  it("are started once, however often they are asked for, by whomever", async () => {
    await runtime().start(start);
    await runtime().start(start);
    await seen();

    expect((await readdir(join(directory, "run-1-1"))).filter((name) => name.startsWith("started-"))).toHaveLength(1);
    expect(await runtime().status(runId, 1)).toBe("running");
    expect(await runtime().list()).toStrictEqual([{ runId, attempt: 1 }]);
  });

  it("leave nothing but their log once they are over and the next one starts", async () => {
    const long = new Date(Date.now() - 3_600_000);
    for (const part of ["home", "workspace"]) await mkdir(join(directory, "run-0-1", part), { recursive: true });
    await writeFile(join(directory, "run-0-1", "runner.log"), "ended");
    await mkdir(join(directory, "run-0-2", "home"), { recursive: true }); // somebody else is starting this one just now
    await utimes(join(directory, "run-0-1", "home"), long, long);

    await runtime().start(start);
    await seen();

    expect([await readdir(join(directory, "run-0-1")), await readdir(join(directory, "run-0-2"))]).toStrictEqual([["runner.log"], ["home"]]);
  });

  it("leave no process behind either, also where one of theirs outlived a runner that was killed", async () => {
    const long = new Date(Date.now() - 3_600_000);
    await runtime().start(start);
    const { pids } = await seen();
    process.kill(pids[0] ?? 0, "SIGKILL");
    await vi.waitFor(async () => expect(await startOf(pids[0] ?? 0)).toBeUndefined());
    await utimes(join(directory, "run-1-1", "home"), long, long);

    await runtime().start({ ...start, attempt: 2 });
    const left = await Promise.all(pids.map(startOf));
    await runtime().stop(runId, 2);

    expect(left).toStrictEqual([undefined, undefined, undefined]);
    expect(await readdir(join(directory, "run-1-1"))).not.toContain("home");
  });

  it("take everything of theirs along when they end, however they end", async () => {
    await runtime().start(start);
    const { pids } = await seen();

    process.kill(pids[0] ?? 0, "SIGKILL");

    await vi.waitFor(async () => expect(await Promise.all(pids.map(startOf))).toStrictEqual([undefined, undefined, undefined]), { timeout: 10_000 });
  });

  it("start once when two calls come before either process runs", async () => {
    const one = runtime();

    await Promise.all([one.start(start), one.start(start)]);
    await seen();

    expect((await readdir(join(directory, "run-1-1"))).filter((name) => name.startsWith("started-"))).toHaveLength(1);
  });

  it("are found again when their starter died before it could note them, and not started beside themselves", async () => {
    await runtime().start(start);
    const { pids } = await seen();
    await rm(join(directory, "run-1-1", "process.json"));
    await runtime().start(start);

    expect((await readdir(join(directory, "run-1-1"))).filter((name) => name.startsWith("started-"))).toHaveLength(1);
    expect(await runtime().status(runId, 1)).toBe("running");
    expect(pids).toContain((JSON.parse(await readFile(join(directory, "run-1-1", "process.json"), "utf8")) as { pid: number }).pid);
  });

  it("are started by the next starter when the first died before it could", async () => {
    await mkdir(join(directory, "run-1-1"));
    await runtime().start(start);
    await seen();

    expect(await runtime().status(runId, 1)).toBe("running");
  });

  it("are not said to be gone by a machine that did not start them", async () => {
    expect(await runtime().status("elsewhere" as RunId, 1)).toBe("unknown");
    await runtime().start(start);
    await seen();
    const file = join(directory, "run-1-1", "process.json");
    const noted = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...noted, pid: 1, machine: "another" }));

    expect(await runtime().status(runId, 1)).toBe("unknown");
  });

  it("get nothing of the owner's environment but the path and where temporary files go", async () => {
    vi.stubEnv("OWNERS_TOKEN", "secret");
    vi.stubEnv("SSH_AUTH_SOCK", "/tmp/agent.sock");
    vi.stubEnv("SIGNALBOX_MODEL_KEY", "secret");
    vi.stubEnv("NODE_OPTIONS", "--max-old-space-size=512");
    vi.stubEnv("TMPDIR", tmpdir());

    await runtime().start(start);
    const { environment } = await seen();

    expect(Object.keys(environment).toSorted()).toStrictEqual(
      [
        "HOME",
        "LANG",
        "PATH",
        "SIGNALBOX_ATTEMPT",
        "SIGNALBOX_BOOTSTRAP_TOKEN",
        "SIGNALBOX_CODEX_HOME",
        "SIGNALBOX_GATEWAY_URL",
        "SIGNALBOX_RUN_ID",
        "SIGNALBOX_SANDBOX",
        "SIGNALBOX_WORKSPACE",
        "TMPDIR",
      ].toSorted(),
    );
    expect(environment["HOME"]).toBe(join(directory, "run-1-1", "home"));
  });

  it("keep their files to the owner's user", async () => {
    await runtime().start(start);
    await seen();

    for (const name of ["home", "runner.log", "process.json"]) expect((await stat(join(directory, "run-1-1", name))).mode & 0o077, name).toBe(0);
  });

  it("end with everything they started, also what left its group, its parent and its directory", { timeout: 60_000 }, async () => {
    await runtime().start({ ...start, gatewayUrl: "http://stubborn.invalid" });
    const { pids } = await seen();
    expect(pids).toHaveLength(3);

    await runtime().stop(runId, 1);

    expect(await Promise.all(pids.map(startOf))).toStrictEqual([undefined, undefined, undefined]);
    expect(await runtime().status(runId, 1)).toBe("gone");
    expect(await runtime().list()).toStrictEqual([]);
  });

  it("are found and ended by another process after the one that started them was killed", async () => {
    const script = `import { createLocalProcessRuntime } from ${JSON.stringify(new URL("./local-process-runtime.ts", import.meta.url).href)};
      await createLocalProcessRuntime(${JSON.stringify({ directory, runner, node: process.execPath })}).start(${JSON.stringify(start)}); console.log("started"); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(parent.stdout, "data");
    parent.kill("SIGKILL");
    await once(parent, "exit");
    const { pids } = await seen();

    expect(await runtime().list()).toStrictEqual([{ runId, attempt: 1 }]);
    await runtime().stop(runId, 1);
    expect(await Promise.all(pids.map(startOf))).toStrictEqual([undefined, undefined, undefined]);
  });

  describe("whose record is not to be trusted", () => {
    let stranger: ChildProcess;
    beforeEach(async () => {
      stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", cwd: tmpdir() });
      await once(stranger, "spawn");
      await mkdir(join(directory, "run-1-1"), { recursive: true });
    });
    afterEach(() => void stranger.kill("SIGKILL"));
    const record = (content: unknown): Promise<void> =>
      writeFile(join(directory, "run-1-1", "process.json"), typeof content === "string" ? content : JSON.stringify(content));

    it("are not mistaken for a later process with the same id, which is left alone", async () => {
      await record({ pid: stranger.pid, started: "1", runId, attempt: 1 });

      expect(await runtime().status(runId, 1)).toBe("gone");
      await runtime().stop(runId, 1);

      expect(await startOf(stranger.pid ?? 0)).toBeDefined();
    });

    it("count as gone when a crash left half a record, and are still ended by where they work", async () => {
      await rm(join(directory, "run-1-1"), { recursive: true });
      await runtime().start(start);
      const { pids } = await seen();
      await record('{"pid": 12');

      expect(await runtime().status(runId, 1)).toBe("gone");
      await runtime().stop(runId, 1);

      expect(await Promise.all(pids.map(startOf))).toStrictEqual([undefined, undefined, undefined]);
    });
  });

  it("that never were are unknown, and stopping them is no error", async () => {
    expect(await runtime().status("nobody" as RunId, 3)).toBe("unknown");
    await expect(runtime().stop("nobody" as RunId, 3)).resolves.toBeUndefined();
    expect(await createLocalProcessRuntime({ directory: join(directory, "nowhere"), runner, node: process.execPath }).list()).toStrictEqual([]);
  });

  it("say what to do when their directory cannot be written", async () => {
    await writeFile(join(directory, "file"), "");

    await expect(createLocalProcessRuntime({ directory: join(directory, "file"), runner, node: process.execPath }).start(start)).rejects.toMatchObject({
      code: "unwritable",
      remedy: expect.any(String),
    });
  });
});
