import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anchorMessage, anchorTagName, anchorVerifies, parseAnchorMessage, signAnchor, type AuditAnchor } from "../domain/audit/anchor.ts";
import type { Instant, RepositoryName } from "../domain/kernel/values.ts";
import { testHasher, testKey, testVerifier } from "../testing/cryptography.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createFakeForge, type FakeForge } from "../testing/fake-forge.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { sampleFlowEvent } from "../testing/samples.ts";
import { createAnchorAudit, type AnchorAudit } from "./anchor-audit.ts";
import { createPublishAnchor, createReadTaggedAnchors } from "./publish-anchor.ts";
import { createVerifyAudit } from "./verify-audit.ts";

const owner = testKey("olga");
const stranger = testKey("mallory");
const signatures = testVerifier(owner.trusted);
const repository = "acme/shop" as RepositoryName;

let database: FreshDatabase;
let kept: AuditAnchor[];
let anchoring: AnchorAudit;
beforeEach(async () => {
  database = await freshPglite();
  kept = [];
  const anchors = { list: async () => [...kept], add: async (anchor: AuditAnchor) => void kept.push(anchor) };
  anchoring = createAnchorAudit({ store: database.store, hasher: testHasher, clock: createManualClock(), anchors, signatures, signer: owner.signer });
});
afterEach(async () => await database.close());

const append = (count = 1): Promise<unknown> => database.store.transaction((tx) => tx.flow.append(Array.from({ length: count }, () => sampleFlowEvent())));
const unlocked = (sql: string): Promise<void> =>
  database.driver.execute(`alter table flow_events disable trigger all; ${sql}; alter table flow_events enable trigger all`);

describe("the anchors that an owner keeps as they go", () => {
  it("are signed, linked to each other, and made once for each end", async () => {
    expect(await anchoring.keep()).toStrictEqual({ ok: true, value: undefined });
    await append(3);
    await Promise.all([anchoring.keep(), anchoring.keep()]);
    await append();
    await anchoring.keep();

    expect(kept).toMatchObject([
      { sequence: 3, previous: "", by: "olga" },
      { sequence: 4, previous: kept[0]?.signature },
    ]);
    expect(kept.every((anchor) => anchorVerifies(anchor, signatures.verify))).toBe(true);
  });

  it.each([
    ["an event since the last anchor was edited", "update flow_events set actor_id = 'x' where sequence = 5"],
    ["the anchored end was cut off", "delete from flow_events where sequence >= 4"],
    ["the anchored event was exchanged", `update flow_events set hash = '${"a".repeat(64)}' where sequence = 4`],
    ["an event since the last anchor was removed", "delete from flow_events where sequence = 5"],
  ])("are refused when %s", async (_what, sql) => {
    await append(4);
    await anchoring.keep();
    await append(2);
    await unlocked(sql);

    expect(await anchoring.keep()).toMatchObject({ ok: false, error: { type: "audit.broken" } });
    expect(kept).toHaveLength(1);
  });

  it("are refused on top of one that somebody else wrote", async () => {
    await append(2);
    kept.push(signAnchor({ ...stranger.signer, person: "olga" }, { sequence: 1, hash: "a".repeat(64) as AuditAnchor["hash"] }, 1 as Instant));

    expect(await anchoring.keep()).toMatchObject({ ok: false, error: { type: "audit.anchor-forged", sequence: 1 } });
  });
});

describe("an anchor that is published as a tag", () => {
  let forge: FakeForge;
  const repositories = async (): Promise<readonly RepositoryName[]> => [repository];
  const publish = () => {
    const verifyAudit = createVerifyAudit({
      store: database.store,
      hasher: testHasher,
      signatures,
      anchors: { list: async () => kept },
      vouchFor: anchoring.vouchFor,
    });
    return createPublishAnchor({ verifyAudit, anchors: { list: async () => kept }, ownerForge: forge.as("olga"), repositories })();
  };
  const published = () => createReadTaggedAnchors({ repositories, forge: forge.as("olga") })();
  beforeEach(() => void (forge = createFakeForge(repository)));

  it("carries sequence, head, key and signature, is read back, and is made once", async () => {
    await append(3);

    const first = await publish();
    await publish();

    const [anchor] = kept as [AuditAnchor];
    expect(first).toStrictEqual({ ok: true, value: { anchor, tags: [{ repository, tag: anchorTagName(anchor) }] } });
    expect(forge.tags).toHaveLength(1);
    for (const fact of ["sequence: 3", `hash: ${anchor.hash}`, `key: ${owner.signer.keyId}`, `signature: ${anchor.signature}`])
      expect(forge.tags[0]?.message).toContain(fact);
    expect(await published()).toStrictEqual([{ tag: `${repository} ${anchorTagName(anchor)}`, anchor }]);
  });

  it("is not made for a trail that does not verify, or for an empty one", async () => {
    expect(await publish()).toMatchObject({ ok: false, error: { type: "audit.empty" } });
    await append(3);
    await unlocked("update flow_events set actor_id = 'x' where sequence = 2");

    expect(await publish()).toMatchObject({ ok: false, error: { type: "audit.broken" } });
    expect(forge.tags).toStrictEqual([]);
  });

  it("under another name, or with another message, counts as none", async () => {
    await append(2);
    await publish();
    const [tag] = forge.tags as [FakeForge["tags"][number]];
    forge.tags.push({ name: "signalbox/audit/1-aaaaaaaaaaaa", message: tag.message }, { name: "signalbox/audit/9", message: "hello" });

    expect((await published()).map((found) => found.anchor?.sequence)).toStrictEqual([2, undefined, undefined]);
  });

  it("reads back from whatever line endings a forge makes, and from nothing else", () => {
    const anchor = signAnchor(owner.signer, { sequence: 7, hash: "b".repeat(64) as AuditAnchor["hash"] }, 5 as Instant, "previous-signature");

    for (const message of [anchorMessage(anchor), anchorMessage(anchor).trimEnd(), anchorMessage(anchor).replaceAll("\n", "\r\n")])
      expect(parseAnchorMessage(message)).toStrictEqual(anchor);
    for (const message of ["", "v1.0.0", anchorMessage(anchor).replace("sequence: 7", "sequence: x"), `x${anchorMessage(anchor)}`])
      expect(parseAnchorMessage(message)).toBeUndefined();
  });
});
