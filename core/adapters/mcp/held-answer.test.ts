import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { placeOf, readAnswer, sendAnswer, type Call } from "./held-answer.ts";

const event = (message: object): string => `event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;
const stream = (...events: readonly string[]): Response => new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
const done: Call = async () => ({ content: [{ type: "text", text: "done" }], structuredContent: { status: "done" } });

async function sent(answer: Response, calls: readonly Call[]): Promise<readonly unknown[]> {
  const held = await readAnswer(answer, calls);
  const server = createServer((_request, response) => void sendAnswer(response, held, () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const text = await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
    return text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice("data: ".length)) as unknown] : []));
  } finally {
    server.close();
  }
}

it("puts each result into its place, beside what the library answered by itself", async () => {
  const refused = { id: 2, error: { code: -32_601, message: "unknown" } };

  expect(await sent(stream(event({ id: 1, result: { ...placeOf(0), resultType: "complete" } }), event(refused)), [done])).toStrictEqual([
    { jsonrpc: "2.0", ...refused },
    { jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: "done" }], structuredContent: { status: "done" }, resultType: "complete" } },
  ]);
});

it("carries out no call for which the library has no place", async () => {
  let carriedOut = 0;
  const counted: Call = async (signal) => {
    carriedOut += 1;
    return done(signal);
  };
  await sent(stream(event({ id: 1, error: { code: -32_602, message: "no" } })), [counted]);

  expect(carriedOut).toBe(0);
});

it.each([
  [new Error("secret of ours"), "an internal error occurred"],
  [new InfrastructureError("unavailable", "the database does not answer"), "the database does not answer"],
])("answers a call that throws %s with what may be said of it", async (error, message) => {
  expect(await sent(stream(event({ id: 1, result: placeOf(0) })), [() => Promise.reject(error)])).toStrictEqual([
    { jsonrpc: "2.0", id: 1, error: { code: -32_603, message } },
  ]);
});
