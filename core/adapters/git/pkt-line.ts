/** Git's packet lines: four hex digits of length (the digits included), then the payload. `0000` ends a section. */

export const flushPacket = Buffer.from("0000");

/** @param payload at most 65,516 bytes. */
export function packet(payload: string | Buffer): Buffer {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(payload, "utf8");
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, "0")), body]);
}

/** One payload or more on a side-band: 1 is the report, 2 is what the user reads. */
export function sideBand(band: 1 | 2, payload: Buffer): Buffer {
  const largest = 65_515;
  const packets: Buffer[] = [];
  for (let at = 0; at < payload.length; at += largest) packets.push(packet(Buffer.concat([Buffer.from([band]), payload.subarray(at, at + largest)])));
  return Buffer.concat(packets);
}

export interface PushCommand {
  readonly before: string;
  readonly after: string;
  readonly ref: string;
}

export interface PushHeader {
  readonly commands: readonly PushCommand[];
  readonly capabilities: ReadonlySet<string>;
  /** Where the pack begins. */
  readonly length: number;
}

/** Reads the commands of a push. @returns undefined when the bytes are no such thing. */
export function parsePushHeader(bytes: Buffer): PushHeader | undefined {
  const commands: PushCommand[] = [];
  let capabilities = new Set<string>();
  let at = 0;
  while (at + 4 <= bytes.length) {
    const digits = bytes.toString("latin1", at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
    const length = Number.parseInt(digits, 16);
    if (length === 0) return { commands, capabilities, length: at + 4 };
    if (length < 5 || at + length > bytes.length) return undefined;
    const [line, offered] = bytes
      .toString("utf8", at + 4, at + length)
      .replace(/\n$/, "")
      .split("\0");
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/.exec(line ?? "");
    if (!match) return undefined;
    if (offered !== undefined) capabilities = new Set(offered.trim().split(" "));
    commands.push({ before: match[1] ?? "", after: match[2] ?? "", ref: match[3] ?? "" });
    at += length;
  }
  return undefined;
}

export const noObject = "0".repeat(40);
export const pushCapabilities = "report-status side-band-64k delete-refs ofs-delta quiet object-format=sha1 agent=signalbox";

/** The refs that a pusher starts from. Deletions are offered so that they arrive here and are refused with a reason of ours. */
export function advertisePush(refs: readonly { readonly name: string; readonly commit: string }[]): Buffer {
  const listed = refs.length > 0 ? refs : [{ name: "capabilities^{}", commit: noObject }];
  const lines = listed.map((ref, index) => packet(`${ref.commit} ${ref.name}${index === 0 ? `\0${pushCapabilities}` : ""}\n`));
  return Buffer.concat([packet("# service=git-receive-pack\n"), flushPacket, ...lines, flushPacket]);
}

/** git's report on a push: `problem` absent means that every ref was taken. `lines` are shown to the pusher as `remote: …`. */
export function reportPush(header: PushHeader, problem: string | undefined, lines: readonly string[]): Buffer {
  const results = header.commands.map((command) =>
    packet(problem === undefined ? `ok ${command.ref}\n` : `ng ${command.ref} ${problem.replaceAll(/\s+/g, " ").slice(0, 500)}\n`),
  );
  const report = Buffer.concat([packet("unpack ok\n"), ...results, flushPacket]);
  const wanted = header.capabilities.has("report-status");
  if (!header.capabilities.has("side-band-64k")) return wanted ? report : Buffer.alloc(0);
  const words = Buffer.from(lines.map((line) => `${line.replaceAll(/[\r\n]+/g, " ")}\n`).join(""), "utf8");
  return Buffer.concat([sideBand(2, words), wanted ? sideBand(1, report) : Buffer.alloc(0), flushPacket]);
}
