import { describe, expect, it } from "vitest";
import type { EventsRequest } from "../../contract/runner.ts";
import { createEventUploader } from "./event-uploader.ts";

describe("the event uploader", () => {
  it("sends everything in order, numbered without gaps, in batches of at most a hundred", async () => {
    const batches: EventsRequest[] = [];
    const events = createEventUploader(
      async (request) => void batches.push(request),
      () => 7,
    );
    for (let index = 0; index < 250; index += 1) events.add({ type: "message", text: `line ${index}` });
    events.note("the runner's own");

    await events.flush();

    expect(batches.map((batch) => batch.items.length)).toStrictEqual([100, 100, 51]);
    const items = batches.flatMap((batch) => batch.items);
    expect(items.map((item) => item.sequence)).toStrictEqual(Array.from({ length: 251 }, (_, index) => index));
    expect(items[3]).toStrictEqual({ sequence: 3, at: 7, type: "message", content: { text: "line 3" } });
    expect(items[250]).toMatchObject({ type: "log", content: { text: "the runner's own" } });
    expect(events.sequence).toBe(251);
  });

  it("keeps the order of what is added while a batch is under way", async () => {
    const seen: number[] = [];
    const events = createEventUploader(
      async ({ items }) => {
        if (seen.length === 0) events.add({ type: "message", text: "later" });
        seen.push(...items.map((item) => item.sequence));
      },
      () => 0,
    );
    events.add({ type: "message", text: "first" });

    await events.flush();

    expect(seen).toStrictEqual([0, 1]);
  });

  it("cuts what is too long, also deep inside, and says how much is missing", async () => {
    const sent: EventsRequest[] = [];
    const events = createEventUploader(
      async (request) => void sent.push(request),
      () => 0,
    );
    events.add({
      type: "tool-call",
      server: "signalbox",
      tool: "github_comment",
      arguments: { body: "x".repeat(70_000) },
      status: "completed",
      answered: true,
      result: "",
    });

    await events.flush();

    expect(sent[0]?.items[0]?.content["arguments"]).toStrictEqual({ body: expect.stringMatching(/^x{65536}\n… 4464 more characters were not stored$/u) });
  });

  it("tells a refusal at the next flush, and at every one after it", async () => {
    const events = createEventUploader(
      async () => Promise.reject(new Error("fenced")),
      () => 0,
    );
    events.add({ type: "message", text: "lost" });

    await expect(events.flush()).rejects.toThrow("fenced");
    await expect(events.flush()).rejects.toThrow("fenced");
  });

  it("has nothing to wait for when nothing was added", async () => {
    await expect(
      createEventUploader(
        async () => {},
        () => 0,
      ).flush(),
    ).resolves.toBeUndefined();
  });
});
