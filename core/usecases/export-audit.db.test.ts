import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chainEvent, chainStart } from "../domain/audit/chain.ts";
import { auditFormats, createLineCutter, exportWriter, readExportLine, type AuditFormat } from "../domain/audit/export-format.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { Instant, JsonObject } from "../domain/kernel/values.ts";
import { testHasher, testKey, testVerifier } from "../testing/cryptography.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { sampleFlowEvent } from "../testing/samples.ts";
import { checkExport, type ExportCheck } from "./check-export.ts";
import { createExportAudit } from "./export-audit.ts";

const owner = testKey("olga");
const stranger = testKey("mallory");
/** What spreadsheets would run, what breaks rows, and what the marks against both could be taken for. */
const evil = [
  "=HYPERLINK(1)",
  "+1",
  "-1",
  "@x",
  "\t=1",
  " =1",
  'a"b',
  "line\nbreak",
  "row\r\nbreak",
  "a,b",
  "'=1",
  "'",
  "''",
  '"',
  " ends in space ",
  "\r",
  "",
];

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshPglite();
  await database.store.transaction((tx) => tx.flow.append(evil.map((subject) => sampleFlowEvent({ subject, payload: { text: subject } }))));
});
afterEach(async () => await database.close());

async function exported(format: AuditFormat): Promise<string> {
  let text = "";
  const { store } = database;
  for await (const piece of createExportAudit({ store, hasher: testHasher, clock: createManualClock(), signer: owner.signer })(format)) text += piece;
  return text;
}

function check(format: AuditFormat, text: string, size = 1_000): Promise<ExportCheck> {
  async function* pieces(): AsyncGenerator<string, void> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  return checkExport({ hasher: testHasher, signatures: testVerifier(owner.trusted) }, format, pieces());
}

describe.each(auditFormats)("an export as %s", (format) => {
  it("is checked by itself, in whatever pieces it comes", async () => {
    await database.store.transaction((tx) => tx.flow.append(Array.from({ length: 2_500 }, () => sampleFlowEvent())));
    const text = await exported(format);
    const head = await database.store.transaction((tx) => tx.flow.head());

    for (const size of [7, 4_096, text.length]) {
      expect(await check(format, text, size)).toStrictEqual({
        ok: true,
        format,
        events: evil.length + 2_500,
        head: { sequence: head?.sequence, hash: head?.hash },
        seal: { by: "olga", keyId: owner.signer.keyId, at: expect.any(Number) },
        problems: [],
      });
    }
  });

  it("of an empty trail is whole, too", async () => {
    const empty = await freshPglite();
    let text = "";
    for await (const piece of createExportAudit({ store: empty.store, hasher: testHasher, clock: createManualClock(), signer: owner.signer })(format))
      text += piece;
    await empty.close();

    expect(await check(format, text)).toMatchObject({ ok: true, events: 0 });
  });

  it("is refused with any character changed, left out or put in, anywhere", async () => {
    const text = await exported(format);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom("x", "0", "", "'", '"', ",", "\n"), fc.boolean(), async (at, put, replaces) => {
        const changed = text.slice(0, at) + put + text.slice(replaces || put === "" ? at + 1 : at);
        fc.pre(changed !== text);
        expect((await check(format, changed)).ok).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it("is refused with any character of its end and its seal left out or put in twice", async () => {
    const text = await exported(format);
    const lines = createLineCutter(format).push(text);
    for (let at = lines.slice(0, -2).join("").length; at < text.length; at += 1) {
      const around = text.slice(Math.max(0, at - 20), at + 20);
      expect((await check(format, text.slice(0, at) + text.slice(at + 1))).ok, `without ${text[at]} in ${around}`).toBe(false);
      expect((await check(format, text.slice(0, at + 1) + text.slice(at))).ok, `${text[at]} twice in ${around}`).toBe(false);
    }
  });

  it("is refused with a member that the signature does not cover put into its seal", async () => {
    const text = await exported(format);
    const quote = format === "jsonl" ? '"' : '""';
    const more = text.replace(`${quote}signature${quote}:`, (member) => `${quote}x${quote}:1,${member}`);
    expect(more).not.toBe(text);
    expect((await check(format, more)).problems).toMatchObject([{ type: "export.unreadable" }, { type: "seal.missing" }]);
  });

  it("is refused when it is cut off anywhere, lacks or repeats a line, or goes on after its end", async () => {
    const text = await exported(format);
    const lines = createLineCutter(format).push(text);
    for (let count = 0; count < lines.length; count += 1) expect((await check(format, lines.slice(0, count).join(""))).ok, `first ${count} lines`).toBe(false);
    for (let at = 0; at < lines.length; at += 1) {
      expect((await check(format, lines.toSpliced(at, 1).join(""))).ok, `without line ${at + 1}`).toBe(false);
      expect((await check(format, lines.toSpliced(at, 0, lines[at] ?? "").join(""))).ok, `line ${at + 1} twice`).toBe(false);
    }
    expect((await check(format, text.slice(0, -1))).ok).toBe(false);
    expect((await check(format, `${text}\n`)).ok).toBe(false);
  });

  it("that somebody else made or sealed is told from the owner's", async () => {
    let forged = "";
    const signer = { ...stranger.signer, person: "olga", keyId: owner.signer.keyId };
    for await (const piece of createExportAudit({ store: database.store, hasher: testHasher, clock: createManualClock(), signer })(format)) forged += piece;

    expect((await check(format, forged)).problems.map((problem) => problem.type)).toStrictEqual(["seal.bad-signature"]);
  });
});

describe("an export", () => {
  it("reads back as exactly the events that it was made from, whatever they hold", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(...evil));
    const payload = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(fc.constantFrom(...auditFormats), text, text, payload, fc.nat(), (format, subject, id, content, at) => {
        const made = chainEvent(
          { ...sampleFlowEvent(), subject, actor: { type: "agent", id }, payload: JSON.parse(JSON.stringify(content)) as JsonObject, at: at as Instant },
          chainStart,
          testHasher.sha256,
        );
        const line = exportWriter(format).event(made);
        expect(createLineCutter(format).push(line)).toStrictEqual([line]);
        const read = readExportLine(format, line);
        expect(read).toMatchObject({ ok: true });
        expect(read.ok && read.value.type === "event" && sorted(read.value.event)).toStrictEqual(sorted(made));
      }),
      { numRuns: 300 },
    );
  });

  it("as CSV holds nothing that a spreadsheet runs", async () => {
    const csv = await exported("csv");

    for (const start of ["=", "+", "-", "@", "\t", " ="]) expect(csv).not.toMatch(new RegExp(`(^|,)"?${start.replace("+", "\\+")}`, "m"));
    for (const cell of [`"'=HYPERLINK(1)"`, `"a""b"`, `"line\nbreak"`, `"a,b"`, `"''=1"`]) expect(csv).toContain(cell);
    expect(csv.startsWith("sequence,at,")).toBe(true);
  });

  it("as JSONL gives every event as JSON, then the end of the chain, then the seal", async () => {
    const lines = (await exported("jsonl"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as JsonObject);

    const events = await database.store.transaction((tx) => tx.flow.after(0, 1_000));
    expect(lines.slice(0, -2)).toStrictEqual(JSON.parse(JSON.stringify(events)));
    expect(lines.slice(-2)).toMatchObject([
      { head: { sequence: evil.length, hash: events.at(-1)?.hash } },
      { seal: { by: "olga", head: { sequence: evil.length } } },
    ]);
  });
});

function sorted(event: FlowEvent): unknown {
  return JSON.parse(JSON.stringify(event));
}
