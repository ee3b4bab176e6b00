import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireOwnership, currentOwner } from "./owner-lock.ts";

const endpoint = { hostUrl: "http://127.0.0.1:1", hostToken: "t", forgeUrl: "http://127.0.0.1:2", purpose: "work" } as const;

describe("the ownership of a workspace", () => {
  let directory = "";
  let file = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "signalbox-owner-"));
    file = join(directory, "owner.json");
  });
  afterEach(async () => rm(directory, { recursive: true, force: true }));

  it("goes to exactly one of many that ask at once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, async () => acquireOwnership(file)));

    expect(outcomes.filter((outcome) => "lock" in outcome)).toHaveLength(1);
  });

  it("tells others where its owner can be reached, and ends with the release", async () => {
    const outcome = await acquireOwnership(file);
    if (!("lock" in outcome)) throw new Error("expected the lock");
    await outcome.lock.publish(endpoint);

    expect(await currentOwner(file)).toMatchObject({ pid: process.pid, endpoint });

    await outcome.lock.release();
    expect(await currentOwner(file)).toBeUndefined();
  });

  it("passes on from a process that was killed", async () => {
    const script = `import { acquireOwnership } from ${JSON.stringify(new URL("./owner-lock.ts", import.meta.url).href)};
      await acquireOwnership(${JSON.stringify(file)}); console.log("owned"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(await acquireOwnership(file)).toMatchObject({ owner: { pid: child.pid } });

    child.kill("SIGKILL");
    await once(child, "exit");

    expect(await acquireOwnership(file)).toHaveProperty("lock");
    expect(await readdir(directory)).toEqual(["owner.json"]);
  });

  it("is not held by a file that a crash left half-written", async () => {
    await writeFile(file, '{"pid": 12');

    expect(await acquireOwnership(file)).toHaveProperty("lock");
  });
});
