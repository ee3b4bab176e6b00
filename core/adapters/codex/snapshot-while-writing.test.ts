import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packSession, unpackSession } from "./snapshot.ts";

describe("a snapshot taken while Codex writes", () => {
  let home = "";
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "signalbox-codex-home-"));
    await mkdir(join(home, "from", "sessions", "2026"), { recursive: true });
  });
  afterEach(async () => rm(home, { recursive: true, force: true }));

  it("holds whole lines of the rollout as far as it had come, again and again, and leaves nothing behind", async () => {
    const rollout = createWriteStream(join(home, "from", "sessions", "2026", "rollout-1.jsonl"));
    const line = `${JSON.stringify({ text: "x".repeat(5_000) })}\n`;
    let writing = true;
    const writer = (async () => {
      while (writing) await new Promise<void>((resolve) => rollout.write(line, () => setImmediate(resolve)));
    })();

    for (let round = 0; round < 10; round += 1) {
      const packed = await packSession(join(home, "from"));
      await unpackSession(join(home, `to-${round}`), packed ?? new Uint8Array());
      const lines = (await readFile(join(home, `to-${round}`, "sessions", "2026", "rollout-1.jsonl"), "utf8")).split("\n");
      expect(lines.pop()).toBe("");
      expect(new Set(lines).size).toBeLessThanOrEqual(1);
    }

    writing = false;
    await writer;
    rollout.end();
    expect(await readdir(join(home, "from"))).toStrictEqual(["sessions"]);
  });
});
