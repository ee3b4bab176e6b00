import { createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";

/** One request as it goes over the wire, made and signed before anything is measured. */
export interface SignedRequest {
  readonly bytes: Buffer;
}

export interface LoadTarget {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
}

export interface LoadResult {
  /** Answers with the expected status. */
  readonly accepted: number;
  /** Every other answer, by status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds from the first byte sent to the whole answer read, sorted. */
  readonly latencies: Float64Array;
}

const octets = 8 * 1024;

/** Distinct signed deliveries of 8 KB: `issues.labeled` in GitHub's shape, with the issue's text as the bulk. Ids are unique for `series`. */
export function signDeliveries(count: number, series: string, target: LoadTarget): readonly SignedRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `${series}-${String(index).padStart(8, "0")}`;
    const body = deliveryBody(index, id);
    const signature = createHmac("sha256", target.secret).update(body).digest("hex");
    const head = [
      `POST ${target.path} HTTP/1.1`,
      "host: 127.0.0.1",
      "user-agent: GitHub-Hookshot/044aadd",
      "accept: */*",
      "content-type: application/json",
      "x-github-event: issues",
      `x-github-delivery: ${id}`,
      "x-github-hook-id: 1",
      `x-hub-signature-256: sha256=${signature}`,
      `content-length: ${body.length}`,
      "",
      "",
    ].join("\r\n");
    return { bytes: Buffer.concat([Buffer.from(head, "latin1"), body]) };
  });
}

function deliveryBody(index: number, id: string): Buffer {
  const user = (login: string): object => ({
    login,
    id: 1_000 + index,
    node_id: "MDQ6VXNlcjE=",
    avatar_url: `https://avatars.example.com/u/${index}?v=4`,
    html_url: `https://github.example.com/${login}`,
    url: `https://api.github.example.com/users/${login}`,
    type: "User",
    site_admin: false,
  });
  const payload = {
    action: "labeled",
    issue: {
      url: `https://api.github.example.com/repos/acme/shop/issues/${index + 1}`,
      id: 9_000_000 + index,
      number: index + 1,
      title: `Let guests pay by card, case ${index}`,
      user: user("olga"),
      labels: [{ id: 1, name: "run:intake", color: "0e8a16", default: false }],
      state: "open",
      comments: 0,
      created_at: "2026-01-02T03:04:05Z",
      updated_at: "2026-01-02T03:04:05Z",
      author_association: "OWNER",
      body: "",
    },
    label: { id: 1, name: "run:intake", color: "0e8a16", default: false },
    repository: {
      id: 77,
      name: "shop",
      full_name: "acme/shop",
      private: true,
      owner: user("acme"),
      html_url: "https://github.example.com/acme/shop",
      default_branch: "main",
    },
    organization: { login: "acme", id: 3 },
    sender: user("olga"),
    installation: { id: 1 },
  };
  const bare = Buffer.byteLength(JSON.stringify(payload));
  payload.issue.body = prose(id, octets - bare);
  return Buffer.from(JSON.stringify(payload));
}

/** Text of an exact length that is no run of one character, so that nothing on the way compresses it to nothing. */
function prose(seed: string, length: number): string {
  let state = Buffer.from(seed).reduce((sum, octet) => (Math.imul(sum, 31) + octet) >>> 0, 7);
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `${words[state >>> 28] ?? ""} ${(state >>> 12).toString(36)} `;
  }
  return text.slice(0, length);
}
const words = ["card", "guest", "order", "refund", "cart", "price", "stock", "mail", "login", "report", "page", "button", "error", "label", "merge", "owner"];

/**
 * Sends all requests over `connections` kept-alive connections, each with one request under way, as fast as they are answered. A client of our own, which does nothing else:
 * it shares the processors with the servers, and those are to be measured.
 */
export async function drive(requests: readonly SignedRequest[], target: LoadTarget, connections: number, expected: number): Promise<LoadResult> {
  const latencies = new Float64Array(requests.length);
  const refused: Record<string, number> = {};
  let [next, accepted] = [0, 0];
  const lanes = await Promise.all(Array.from({ length: connections }, () => open(target.port)));
  const begun = performance.now();
  await Promise.all(
    lanes.map(async (lane) => {
      for (let index = next++; index < requests.length; index = next++) {
        const request = requests[index];
        if (!request) break;
        const sent = performance.now();
        const status = await lane.exchange(request.bytes);
        latencies[index] = performance.now() - sent;
        if (status === expected) accepted += 1;
        else refused[status] = (refused[status] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  for (const lane of lanes) lane.close();
  return { accepted, refused, seconds, latencies: latencies.toSorted() };
}

interface Lane {
  exchange(bytes: Buffer): Promise<number>;
  close(): void;
}

async function open(port: number): Promise<Lane> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const made = connect({ host: "127.0.0.1", port, noDelay: true }, () => resolve(made));
    made.once("error", reject);
  });
  let waiting: { resolve(status: number): void; reject(error: Error): void } | undefined;
  let held = "";
  socket.on("data", (chunk: Buffer) => {
    held += chunk.toString("latin1");
    const length = answerLength(held);
    if (length === undefined || held.length < length) return;
    const status = Number(held.slice(9, 12));
    held = held.slice(length);
    waiting?.resolve(status);
  });
  const broken = (error?: Error): void => waiting?.reject(error ?? new Error("the connection was closed before the answer"));
  socket.on("error", broken).on("close", () => broken());
  return {
    exchange: (bytes) =>
      new Promise<number>((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(bytes);
      }),
    close: () => void socket.destroy(),
  };
}

/** Bytes of head and body, once the head is there. Both servers declare a length or send chunks. */
function answerLength(text: string): number | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end).toLowerCase();
  const declared = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (declared !== undefined) return end + 4 + Number(declared);
  if (!head.includes("transfer-encoding: chunked")) return end + 4;
  const last = text.indexOf("0\r\n\r\n", end + 4);
  return last < 0 ? undefined : last + 5;
}
