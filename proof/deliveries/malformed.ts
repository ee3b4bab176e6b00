import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { createChance, pick } from "./chance.ts";

export interface AssaultOptions {
  readonly port: number;
  readonly secret: string;
  readonly requests: number;
  readonly seed: number;
  /** Connections at once. */
  readonly lanes?: number | undefined;
  /** Told after every so many requests. */
  readonly onProgress?: ((sent: number) => Promise<void>) | undefined;
}

export interface AssaultReport {
  /** Answers by status; `closed` where the relay hung up without one, `left` where we did. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers that no malformed request may have, with what was sent. */
  readonly wrong: readonly string[];
}

interface Malformed {
  readonly kind: string;
  readonly bytes: Buffer;
  /** We hang up at once instead of waiting for an answer. */
  readonly leave?: boolean;
}

type Chance = () => number;
type Shape = (chance: Chance, secret: string) => Malformed;

const path = "/webhooks/github";
/** What a request may be answered that is no delivery. */
const fitting = new Set(["400", "401", "404", "405", "408", "411", "413", "414", "417", "431", "closed", "left"]);

/** Sends requests of which none is a delivery, over raw sockets. Kept-alive connections are used on as long as the relay keeps them. */
export async function assault({ port, secret, requests, seed, lanes = 16, onProgress }: AssaultOptions): Promise<AssaultReport> {
  const chance = createChance(seed);
  const answers: Record<string, number> = {};
  const wrong: string[] = [];
  let sent = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const lane = createLane(port);
      while (sent < requests) {
        sent += 1;
        if (sent % 5_000 === 0) await onProgress?.(sent);
        const request = pick(shapes, chance)(chance, secret);
        const answer = await lane.exchange(request);
        answers[answer] = (answers[answer] ?? 0) + 1;
        if (!fitting.has(answer) && wrong.length < 20)
          wrong.push(`${request.kind} was answered with ${answer}: ${JSON.stringify(request.bytes.toString("latin1").slice(0, 300))}`);
      }
      lane.close();
    }),
  );
  return { answers, wrong };
}

function head(method: string, target: string, headers: readonly string[]): string {
  return [`${method} ${target} HTTP/1.1`, "host: relay", ...headers, "", ""].join("\r\n");
}

function sign(secret: string, body: Buffer): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** A whole request with a fitting signature, but for what `headers` says otherwise. */
function signed(kind: string, secret: string, body: Buffer, headers: Readonly<Record<string, string | undefined>> = {}): Malformed {
  const all = { "x-hub-signature-256": sign(secret, body), "x-github-delivery": "00000000-malformed", "x-github-event": "issues", ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return { kind, bytes: Buffer.concat([Buffer.from(head("POST", path, [...lines, `content-length: ${body.length}`]), "latin1"), body]) };
}

const garbage = (chance: Chance, most: number): Buffer => randomBytes(1 + Math.floor(chance() * most));
const json = Buffer.from('{"action":"labeled","repository":{"full_name":"acme/app"}}');
const times = (text: string, chance: Chance, most: number): string => text.repeat(1 + Math.floor(chance() * most));

const shapes: readonly Shape[] = [
  (chance) => ({
    kind: "method",
    bytes: Buffer.from(head(pick(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW", "post"], chance), path, ["content-length: 0"])),
  }),
  (chance) => ({
    kind: "path",
    bytes: Buffer.from(
      head("POST", pick(["/", "/..%2f", `/${times("a", chance, 4_000)}`, "//webhooks/github", "/webhooks/github/", "*"], chance), ["content-length: 0"]),
    ),
  }),
  (chance, secret) =>
    signed("signature", secret, json, {
      "x-hub-signature-256": pick(
        [undefined, "", "sha256=", `sha1=${"0".repeat(40)}`, `sha256=${"0".repeat(64)}`, `SHA256=${"a".repeat(64)}`, garbage(chance, 40).toString("hex")],
        chance,
      ),
    }),
  (chance, secret) => signed("body of another signature", secret, json, { "x-hub-signature-256": sign(`${secret}${chance()}`, json) }),
  (chance, secret) =>
    signed(
      "json",
      secret,
      pick(
        [
          json.subarray(0, 1 + Math.floor(chance() * (json.length - 2))),
          Buffer.from("[]"),
          Buffer.from("null"),
          Buffer.from("7"),
          Buffer.from('"{}"'),
          Buffer.from("{}{}"),
          Buffer.from("{'a':1}"),
          Buffer.alloc(0),
        ],
        chance,
      ),
    ),
  (chance, secret) => signed("octets", secret, Buffer.concat([Buffer.from([0xff, 0xfe]), garbage(chance, 2_000)])),
  (_chance, secret) => signed("octets in a text", secret, Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d])),
  (_chance, secret) => signed("order mark", secret, Buffer.from("\u{feff}{}")),
  (chance, secret) =>
    signed(
      "depth",
      secret,
      Buffer.from(pick([times("[", chance, 50_000), times('{"a":', chance, 20_000), `${"[".repeat(20_000)}${"]".repeat(20_000)}`], chance)),
    ),
  (chance, secret) =>
    signed("delivery id", secret, json, {
      "x-github-delivery": pick(
        [undefined, "", "a b", "../../etc", times("a", chance, 3_000).padEnd(101, "a"), "\u00e9", "'; drop table webhook_deliveries"],
        chance,
      ),
    }),
  (chance, secret) =>
    signed("event", secret, json, {
      "x-github-event": pick([undefined, "", "Issues", "issues.labeled", "1", times("a", chance, 2_000).padEnd(65, "a"), "../x"], chance),
    }),
  (_chance, secret) => doubled("two deliveries", secret, ["x-github-delivery: b"]),
  (_chance, secret) => doubled("two signatures", secret, [`x-hub-signature-256: sha256=${"0".repeat(64)}`]),
  (_chance, secret) => doubled("two lengths", secret, ["content-length: 3"]),
  (_chance, secret) => doubled("length and chunks", secret, ["transfer-encoding: chunked"]),
  (chance) => ({
    kind: "chunks",
    bytes: Buffer.from(
      `${head("POST", path, ["transfer-encoding: chunked"])}${pick(["zz\r\nabc\r\n", "-1\r\n", "ffffffffffffffff1\r\n", "3\r\nabcdef\r\n0\r\n\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n"], chance)}`,
    ),
  }),
  (chance) => ({
    kind: "encoding",
    bytes: Buffer.from(head("POST", path, [`transfer-encoding: ${pick(["gzip", "chunked, chunked", "identity", "chunked, gzip", "\u000bchunked"], chance)}`])),
    leave: true,
  }),
  (chance) => ({
    kind: "length",
    bytes: Buffer.from(head("POST", path, [`content-length: ${pick(["-1", "1e3", "0x10", "99999999999999999999", "27262976", "4, 4", "a"], chance)}`])),
  }),
  (chance) => ({ kind: "cut off", bytes: Buffer.concat([Buffer.from(head("POST", path, ["content-length: 8192"])), garbage(chance, 4_000)]), leave: true }),
  (chance) => ({ kind: "half a head", bytes: Buffer.from(head("POST", path, ["x-a: b"]).slice(0, 10 + Math.floor(chance() * 30))), leave: true }),
  (chance) => ({ kind: "garbage", bytes: Buffer.concat([garbage(chance, 2_000), Buffer.from("\r\n\r\n")]) }),
  (chance) => ({
    kind: "another protocol",
    bytes: Buffer.from(
      pick(
        ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n", "SSH-2.0-x\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "EHLO x\r\n\r\n"],
        chance,
      ),
      "latin1",
    ),
  }),
  (chance) => ({ kind: "long head", bytes: Buffer.from(head("POST", path, [`x-long: ${"a".repeat(16_384 + Math.floor(chance() * 20_000))}`])) }),
  (chance) => ({
    kind: "many heads",
    bytes: Buffer.from(
      head(
        "POST",
        path,
        Array.from({ length: 500 + Math.floor(chance() * 500) }, (_, index) => `x-${index}: ${index}`),
      ),
    ),
  }),
  (chance) => ({
    kind: "folded head",
    bytes: Buffer.from(head("POST", path, [`x-a: b\r\n ${pick(["c", "\u0000", "\u007f"], chance)}`, "content-length: 0"]), "latin1"),
  }),
  () => ({ kind: "expectation", bytes: Buffer.from(head("POST", path, ["expect: the-unexpected", "content-length: 0"])) }),
  () => ({ kind: "tunnel", bytes: Buffer.from("CONNECT relay:443 HTTP/1.1\r\nhost: relay\r\n\r\n") }),
];

function doubled(kind: string, secret: string, lines: readonly string[]): Malformed {
  const own = [`x-hub-signature-256: ${sign(secret, json)}`, "x-github-delivery: a", "x-github-event: issues", `content-length: ${json.length}`];
  return { kind, bytes: Buffer.concat([Buffer.from(head("POST", path, [...own, ...lines])), json]) };
}

interface Lane {
  /** The answer's status, `closed` or `left`. */
  exchange(request: Malformed): Promise<string>;
  close(): void;
}

/** How long an answer may take on a busy machine; what waits for more of a request gets none. */
const patience = 5_000;
const mayWait = new Set(["chunks", "garbage", "another protocol", "length"]);

function createLane(port: number): Lane {
  let socket: Socket | undefined;
  let answered: ((answer: string) => void) | undefined;

  function give(answer: string): void {
    answered?.(answer);
    answered = undefined;
  }
  /** Nothing of this connection counts any more. */
  function drop(dropped: Socket): void {
    if (socket === dropped) socket = undefined;
    dropped.destroy();
  }
  function open(): Socket {
    const made = connect({ host: "127.0.0.1", port, noDelay: true });
    const ended = (): void => {
      if (socket !== made) return;
      drop(made);
      give("closed");
    };
    made.on("error", ended).on("close", ended).on("end", ended);
    made.on("data", (chunk: Buffer) => {
      if (socket !== made) return;
      const text = chunk.toString("latin1");
      const [, status] = /^HTTP\/1\.1 (\d{3})/u.exec(text) ?? [];
      if (status === undefined) return;
      // What is left of a request that was not read to its end would be taken for the next one.
      if (!/connection: keep-alive/iu.test(text)) drop(made);
      give(status);
    });
    return made;
  }
  return {
    exchange: ({ kind, bytes, leave = false }) =>
      new Promise((resolve) => {
        const used = (socket ??= open());
        const late = setTimeout(() => {
          drop(used);
          give(mayWait.has(kind) ? "left" : "silence");
        }, patience);
        answered = (answer) => {
          clearTimeout(late);
          resolve(answer);
        };
        used.write(bytes, () => {
          if (!leave || socket !== used) return;
          drop(used);
          give("left");
        });
      }),
    close: () => void socket?.destroy(),
  };
}
