import { EventEmitter, once } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { HostDependencies } from "./dependencies.ts";
import { createHostRouter } from "./router.ts";
import { serveHost, type HostServer } from "./websocket-server.ts";

const token = "a-token-that-only-the-owner-has";
const count = 100_000;
const seed = 20_261_121;
/** They are made in portions, because some are long. */
const portion = 5_000;
/** Connections at a time. */
const connections = 20;

/** What would have an effect, or tell something, if its input were right; and the fields that the next table spoils. */
const procedures: readonly (readonly [path: string, input: Readonly<Record<string, unknown>>])[] = [
  ["/inbox/decide", { id: "01a1fe1f", verdict: { type: "approve" }, surface: "desktop" }],
  ["/board/apply", { repository: "acme/shop", issue: 12, to: "intake" }],
  ["/projects/openIssue", { repository: "acme/shop", title: "A title" }],
  ["/projects/preflight", { repository: "acme/shop" }],
  ["/projects/labels", { repository: "acme/shop" }],
  ["/people/rights", { repository: "acme/shop" }],
  ["/models/used", { days: 30 }],
  ["/projects/addLocal", { path: "/somewhere" }],
  ["/runs/park", { id: "01a1fe1f" }],
  ["/runs/cancel", { id: "01a1fe1f", reason: "no" }],
  ["/documents/read", { repository: "acme/shop", path: "docs/a.md" }],
  ["/documents/trace", { repository: "acme/shop" }],
  ["/drafts/verdict", { repository: "acme/shop", path: "docs/a.md", hash: "h1", verdict: "good" }],
  ["/audit/replay", { id: "01a1fe1f" }],
  ["/ownServer/checkForge", { forge: "https://forge.example", token: "token", repositories: ["acme/shop"] }],
  ["/ownServer/keep", { database: "postgres://db.example/signalbox", forge: "https://forge.example", token: "token", keptIn: "file" }],
];

/** A frame, and what has to come of it: an answer that refuses, the end of the connection, or nothing, where nothing was asked. */
interface Malformed {
  readonly frame: string | Buffer;
  readonly outcome: "refused" | "closed" | "ignored" | "refused or closed";
}

let id = 0;
const request = (path: string, body: unknown, more: object = {}): string => JSON.stringify({ i: `m${++id}`, p: { u: path, b: { json: body }, ...more } });

/** Values of which none is right for any field of any of these procedures. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 1.5, 1e308, [], {}, "", { type: "approve!" }, [["approve"]], { length: 1e9 }, "x".repeat(70_000)),
  fc.double().map((number) => ({ number })),
  fc.integer({ min: 1, max: 30 }).map((depth) => nested(depth)),
);

function nested(depth: number): unknown {
  return depth === 0 ? 0 : { next: nested(depth - 1) };
}

const procedure = fc.constantFrom(...procedures);
const json = fc.jsonValue().map((value) => JSON.stringify(value));

const malformed: fc.Arbitrary<Malformed> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .oneof(
        fc.string(),
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      )
      .map((frame) => ({ frame, outcome: "refused or closed" as const })),
  },
  { weight: 2, arbitrary: json.map((frame) => ({ frame, outcome: "refused or closed" as const })) },
  // Cut in the middle.
  {
    weight: 2,
    arbitrary: fc.tuple(procedure, fc.double({ min: 0.05, max: 0.95, noNaN: true })).map(([[path, input], share]) => {
      const whole = request(path, input);
      return { frame: whole.slice(0, Math.floor(whole.length * share)), outcome: "closed" as const };
    }),
  },
  // The right procedure with something wrong in it.
  {
    weight: 20,
    arbitrary: fc.tuple(procedure, wrong, fc.nat()).map(([[path, input], value, which]) => {
      const fields = Object.keys(input);
      const field = fields[which % fields.length] ?? "";
      return { frame: request(path, { ...input, [field]: value }), outcome: "refused" as const };
    }),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(procedure, fc.oneof(wrong, fc.constant(undefined)))
      .map(([[path], value]) => ({ frame: request(path, value), outcome: "refused" as const })),
  },
  // Procedures that are none.
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          "/",
          "//",
          "/inbox",
          "/inbox/decide/",
          "/inbox/__proto__",
          "/__proto__/polluted",
          "/constructor/prototype",
          "/inbox/decide/call",
          "/inbox%2fdecide",
          "/../inbox/decide",
          "/INBOX/DECIDE",
        ),
        wrong,
      )
      .map(([path, value]) => ({ frame: request(path, value), outcome: "refused" as const })),
  },
  // Descriptions of values that are not there, or that lead into the prototype.
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        procedure,
        fc.constantFrom<unknown>([[0, "__proto__", "polluted"]], [[1, "constructor", "prototype", "polluted"]], [[99, "id"]], "x", [[0]], [[{}, {}]], {
          length: 5,
        }),
      )
      .map(([[path], meta]) => ({
        frame: JSON.stringify({ i: `m${++id}`, p: { u: path, b: { json: { id: 7 }, meta } } }),
        outcome: "refused or closed" as const,
      })),
  },
  // Envelopes that hold something else than they say.
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        procedure,
        fc.constantFrom<object>(
          { h: { "content-type": "multipart/form-data; boundary=x" } },
          { h: { "content-disposition": "attachment; filename=../../x" } },
          { h: 5 },
          { m: "GET" },
          { m: "TRACE" },
          { m: 7 },
          { u: 7 },
          { u: "https://example.com/inbox/decide" },
          { u: "file:///etc/passwd" },
          { b: "text" },
          { b: [1] },
        ),
      )
      .map(([[path], more]) => ({
        frame: request(path, { id: 7 }, more),
        outcome: "refused or closed" as const,
      })),
  },
  // Events and ends of what was never begun.
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(3, 4)
      .map((type) => ({ frame: JSON.stringify({ i: `none${++id}`, t: type, p: { e: "message", d: { json: 1 } } }), outcome: "ignored" as const })),
  },
);

let server: HostServer;
let reached: string[];
beforeEach(async () => {
  reached = [];
  // Whatever a procedure would do goes through these: none may be touched.
  const deps = new Proxy({}, { get: (_, name) => (name === "offline" ? undefined : () => void reached.push(String(name))) }) as HostDependencies;
  server = await serveHost({ router: createHostRouter(deps), token });
});
afterEach(() => server.close());

/** What is asked of a connection here, whatever carries it. */
interface Connection {
  on(event: "message" | "close", listener: (content: Buffer) => void): unknown;
  off(event: "message" | "close", listener: (content: Buffer) => void): unknown;
  send(frame: string | Buffer): void;
  terminate(): void;
}

/** One connection at a time, which is made again after each end. */
async function connect(): Promise<WebSocket> {
  const socket = new WebSocket(server.endpoint.url, ["signalbox", token]);
  await once(socket, "open");
  return socket;
}

/** The same over a channel that a window of the desktop brings. */
async function connectByPort(): Promise<Connection> {
  const { port1, port2 } = new MessageChannel();
  const connection = new EventEmitter();
  port1.on("message", (content: string | Uint8Array) => connection.emit("message", Buffer.from(content)));
  port1.on("close", () => connection.emit("close"));
  const greeted = once(connection, "message");
  server.take({
    send: (message) => port2.postMessage(message),
    close: () => port2.close(),
    listen(hear, left) {
      port2.on("message", hear);
      port2.on("close", left);
    },
  });
  await greeted;
  return Object.assign(connection, { send: (frame: string | Buffer) => port1.postMessage(frame), terminate: () => port1.close() });
}

/** Sends a frame and says what came of it. `ignored` is known by the answer to a call that is sent behind it. */
async function send(socket: Connection, { frame, outcome }: Malformed): Promise<"refused" | "closed" | "ignored" | "answered"> {
  const own = idOf(frame);
  return new Promise((resolve) => {
    const done = (result: "refused" | "closed" | "ignored" | "answered"): void => {
      socket.off("message", onMessage);
      socket.off("close", onClose);
      resolve(result);
    };
    const onClose = (): void => done("closed");
    const onMessage = (content: Buffer): void => {
      const { i, p } = JSON.parse(content.toString("utf8")) as { readonly i: string; readonly p?: { readonly s?: number } };
      if (i === own) done((p?.s ?? 200) >= 400 ? "refused" : "answered");
      else if (i === "behind") done("ignored");
    };
    socket.on("message", onMessage);
    socket.on("close", onClose);
    socket.send(frame);
    if (outcome === "ignored") socket.send(JSON.stringify({ i: "behind", p: { u: "/nowhere" } }));
  });
}

function idOf(frame: string | Buffer): string | undefined {
  try {
    return (JSON.parse(frame.toString()) as { readonly i?: string } | null)?.i;
  } catch {
    return undefined;
  }
}

it.each([
  { carrier: "a WebSocket", connected: connect, count },
  { carrier: "a port", connected: connectByPort, count: Math.ceil(count / 10) },
])("refuses $count messages over $carrier that are none of the contract, touches nothing, and goes on", { timeout: 300_000 }, async ({ connected, count }) => {
  const surprises: string[] = [];
  const counted = { refused: 0, closed: 0, ignored: 0, answered: 0 };
  let messages: Iterator<Malformed>;
  const work = async (): Promise<void> => {
    let socket: Connection = await connected();
    for (;;) {
      const { value, done } = messages.next();
      if (done) break;
      const came = await send(socket, value);
      counted[came] += 1;
      if (!value.outcome.split(" or ").includes(came)) surprises.push(`${came} instead of ${value.outcome}: ${value.frame.toString().slice(0, 300)}`);
      if (came === "closed") socket = await connected();
    }
    socket.terminate();
  };
  for (let made = 0; made < count; made += portion) {
    messages = fc.sample(malformed, { numRuns: portion, seed: seed + made }).values();
    await Promise.all(Array.from({ length: connections }, work));
  }

  expect(surprises.slice(0, 10)).toEqual([]);
  expect(reached).toEqual([]);
  expect(counted.answered).toBe(0);
  expect(counted.refused + counted.closed + counted.ignored).toBe(count);
  expect(Math.min(counted.refused, counted.closed, counted.ignored)).toBeGreaterThan(count / 100);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

it("ends a connection that sends more than a message may hold, and serves the next", async () => {
  const socket = await connect();
  socket.on("error", () => undefined);
  socket.send("x".repeat(5 * 1024 * 1024));
  const [code] = (await once(socket, "close")) as [number];

  expect(code).toBe(1009);
  (await connect()).terminate();
});
