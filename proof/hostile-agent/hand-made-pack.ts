import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

const types = { commit: 1, tree: 2, blob: 3, "ref-delta": 7 } as const;

/** One object of a pack; of a delta the base, and a size of its own choosing. */
export interface PackedObject {
  readonly type: keyof typeof types;
  readonly content: Buffer;
  readonly base?: Buffer | undefined;
}

/** A pack as no git would write it. */
export function packOf(objects: readonly PackedObject[]): Buffer {
  const header = Buffer.alloc(12);
  header.write("PACK", "latin1");
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([header, ...objects.map(entryOf)]);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

function entryOf({ type, content, base }: PackedObject): Buffer {
  const bytes: number[] = [];
  let size = Math.floor(content.length / 16);
  let byte = (types[type] << 4) | (content.length & 15);
  while (size > 0) {
    bytes.push(byte | 0x80);
    byte = size & 0x7f;
    size = Math.floor(size / 128);
  }
  bytes.push(byte);
  return Buffer.concat([Buffer.from(bytes), base ?? Buffer.alloc(0), deflateSync(content, { level: 9 })]);
}

/** A delta that says of itself how large its result is, and copies its base into it again and again. */
export function deltaOf(baseSize: number, claimedSize: number, copies: number): Buffer {
  const copy = Buffer.from([0x80 | 0x10 | 0x20, baseSize & 0xff, (baseSize >> 8) & 0xff]);
  return Buffer.concat([variable(baseSize), variable(claimedSize), ...Array.from({ length: copies }, () => copy)]);
}

function variable(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

export function objectId(type: "commit" | "tree" | "blob", content: Buffer): Buffer {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest();
}

/** A tree of entries, with whatever names and modes. */
export function treeOf(entries: readonly { readonly mode: string; readonly name: string | Buffer; readonly id: Buffer }[]): Buffer {
  return Buffer.concat(entries.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), id]));
}

export function commitOf(tree: Buffer, parents: readonly string[], person = "Signalbox pm agent <pm@agents.signalbox.invalid>"): Buffer {
  const lines = [
    `tree ${tree.toString("hex")}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person} 1790000000 +0000`,
    `committer ${person} 1790000000 +0000`,
  ];
  return Buffer.from(`${lines.join("\n")}\n\nchange\n`);
}

/** The body of a push of one ref. */
export function pushOf(before: string, after: string, ref: string, pack: Buffer): Buffer {
  const line = `${before} ${after} ${ref}\0report-status side-band-64k`;
  return Buffer.concat([Buffer.from((line.length + 4).toString(16).padStart(4, "0")), Buffer.from(line), Buffer.from("0000"), pack]);
}
