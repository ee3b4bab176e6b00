import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCopyFile, type CopyFile } from "../adapters/sqlite-copy/copy-file.ts";
import { createDraftBox } from "../adapters/sqlite-copy/draft-box.ts";
import type { Draft } from "../domain/draft/draft.ts";
import type { BranchName, Digest, Instant } from "../domain/kernel/values.ts";
import type { DraftBox } from "../ports/draft-box.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { createCheckDrafts } from "../usecases/check-drafts.ts";
import { createSendReviews, type SendReviewDependencies } from "../usecases/send-review.ts";
import { freshPglite, type FreshDatabase } from "./databases.ts";
import { openPull } from "./forge-stage.ts";
import { createLocalForgeStage, type LocalForgeStage } from "./local-forge-stage.ts";
import { sampleRun } from "./samples.ts";

const path = "notes.md";
const now = 1 as Instant;

describe("drafts on documents, at a forge over its own wire", () => {
  let directory = "";
  let file: CopyFile;
  let box: DraftBox;
  let database: FreshDatabase;
  let stage: LocalForgeStage;
  let pull = 0;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "signalbox-drafts-"));
    file = openCopyFile(join(directory, "offline.sqlite"), () => undefined);
    box = createDraftBox(file);
    [database, stage] = await Promise.all([freshPglite(), createLocalForgeStage()]);
    pull = (await openPull(stage)).number;
    const branch = "feature" as BranchName;
    const meta = { docId: "notes", repository: stage.repository, path, branch, type: "notes", title: "Notes", status: "draft", ownerRole: "pm" };
    await database.store.transaction(async (tx) => {
      await tx.repositories.save({ name: stage.repository, project: "shop", defaultBranch: "main" as BranchName, reconciledUntil: 0 as Instant });
      await tx.runs.insert(sampleRun({ repository: stage.repository, issue: 41, branch, pull }));
      await tx.documents.upsert({ ...meta, hash: "h1" as Digest, frontMatter: {}, updatedAt: now }, []);
    });
  });
  afterEach(async () => {
    file.close();
    await Promise.all([database.close(), stage.dispose()]);
    await rm(directory, { recursive: true });
  });

  const process = (ownerForge: SendReviewDependencies["ownerForge"] = stage.as.owner): SendReviewDependencies => ({
    store: database.store,
    clock: stage.clock,
    box,
    readDocument: async () => ({ hash: "h1", text: "" }),
    ownerForge,
    owner: stage.logins.owner,
    isUnderWay: () => false,
    underWay: () => () => undefined,
  });
  const add = (id: string, intent: Draft["intent"]): void =>
    box.add({ id, repository: stage.repository, issue: 41, intent, writtenAt: now, state: { phase: "draft" } });
  const comment = (id: string, line: number): void =>
    add(id, { type: "comment", path, title: "Notes", hash: "h1", anchor: { line, text: "", before: [], after: [] }, body: `about line ${line}` });
  const verdict = (): void => add("verdict", { type: "verdict", path, title: "Notes", hash: "h1", verdict: "changes", body: "Name a metric." });
  const sendAll = (deps = process()): Promise<void> => createSendReviews(deps)(box.list().map(({ id }) => id));
  const phases = () => Object.fromEntries(box.list({ closed: true }).map(({ id, state }) => [id, state.phase]));
  const reviews = () => stage.as.owner.reviews(stage.repository, pull);

  it("become one review with its threads, that asks for nothing by itself", async () => {
    comment("first", 1);
    comment("second", 2);
    verdict();

    await sendAll();

    expect(phases()).toEqual({ first: "sent", second: "sent", verdict: "sent" });
    expect(await reviews()).toMatchObject([{ state: "commented", body: expect.stringContaining("`notes.md` needs changes:\n\n  Name a metric.") }]);
    expect((await stage.as.owner.reviewThreads(stage.repository, pull)).map(({ line, comments }) => [line, comments[0]?.body])).toEqual([
      [1, "about line 1"],
      [2, "about line 2"],
    ]);
  });

  it("stand in the review's text where the forge knows no such line", async () => {
    comment("far", 999);
    verdict();

    await sendAll();

    expect(phases()).toEqual({ far: "sent", verdict: "sent" });
    expect(await reviews()).toMatchObject([{ body: expect.stringContaining("- `notes.md:999`: about line 999") }]);
  });

  it("are found again when nobody heard that they had arrived, and are not sent once more", async () => {
    comment("first", 1);
    verdict();
    const { owner } = stage.as;
    const deaf: SendReviewDependencies["ownerForge"] = {
      identity: () => owner.identity(),
      reviews: (...about) => owner.reviews(...about),
      async createReview(...review) {
        await owner.createReview(...review);
        throw new InfrastructureError("timeout", "no answer");
      },
    };

    await expect(sendAll(process(deaf))).rejects.toMatchObject({ code: "timeout" });
    const before = phases();
    await createCheckDrafts(process())();
    await sendAll();

    expect(before).toEqual({ first: "sending", verdict: "sending" });
    expect(phases()).toEqual({ first: "sent", verdict: "sent" });
    expect(await reviews()).toHaveLength(1);
  });
});
