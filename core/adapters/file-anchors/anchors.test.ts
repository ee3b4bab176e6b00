import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Digest, Instant } from "../../domain/kernel/values.ts";
import { createFileAnchors } from "./anchors.ts";

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-anchors-"))));
afterEach(async () => await rm(directory, { recursive: true, force: true }));

const anchor = (sequence: number) => ({
  sequence,
  hash: "a".repeat(64) as Digest,
  at: 5 as Instant,
  by: "olga",
  keyId: "key-1",
  previous: "",
  signature: "c2ln",
});

describe("anchors in a file", () => {
  it("are kept in order, for their owner only", async () => {
    const path = join(directory, "new", "anchors.jsonl");

    await Promise.all([1, 2, 3].map((sequence) => createFileAnchorsOnce(path).add(anchor(sequence))));

    expect(await createFileAnchors(path).list()).toStrictEqual([anchor(1), anchor(2), anchor(3)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("are none before the first", async () => {
    expect(await createFileAnchors(join(directory, "none")).list()).toStrictEqual([]);
  });

  it("survive a death in the middle of a line", async () => {
    const path = join(directory, "anchors.jsonl");
    await createFileAnchors(path).add(anchor(1));
    await appendFile(path, '{"sequence":2,"ha');

    expect(await createFileAnchors(path).list()).toStrictEqual([anchor(1)]);
    await createFileAnchors(path).add(anchor(3));

    expect(await createFileAnchors(path).list()).toStrictEqual([anchor(1), anchor(3)]);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(3);
  });

  it("from before they were signed are read, without a signature", async () => {
    const path = join(directory, "anchors.jsonl");
    const { sequence, hash, at } = anchor(1);
    await writeFile(path, `${JSON.stringify({ sequence, hash, at })}\n`);

    expect(await createFileAnchors(path).list()).toStrictEqual([{ ...anchor(1), by: "", keyId: "", signature: "" }]);
  });

  it.each(["nonsense\n", '{"sequence":1}\n', '{"sequence":1,"hash":"x","at":1}\n', "\n"])("that say %j are refused, not skipped", async (content) => {
    const path = join(directory, "anchors.jsonl");
    await writeFile(path, content);

    await expect(createFileAnchors(path).list()).rejects.toMatchObject({ code: "invalid-response", remedy: expect.any(String) });
  });

  it("that cannot be written end in a clear error", async () => {
    await writeFile(join(directory, "file"), "");

    await expect(createFileAnchors(join(directory, "file", "anchors")).add(anchor(1))).rejects.toMatchObject({ name: "InfrastructureError" });
  });
});

const open = new Map<string, ReturnType<typeof createFileAnchors>>();
function createFileAnchorsOnce(path: string): ReturnType<typeof createFileAnchors> {
  const known = open.get(path) ?? createFileAnchors(path);
  open.set(path, known);
  return known;
}
