import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

export interface McpFixture {
  readonly url: string;
  readonly token: string;
  /** Every call that arrived: tool and arguments, in order. */
  readonly calls: readonly { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> }[];
  close(): Promise<void>;
}

/** For tests: a gateway that has the named tools, takes any arguments, and answers each call by `answer`. */
export async function startMcpFixture(tools: readonly string[], answer: (tool: string) => object): Promise<McpFixture> {
  const calls: { tool: string; arguments: Readonly<Record<string, unknown>> }[] = [];
  const token = "gateway-token-of-the-test";
  const http = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    if (request.method !== "POST") return void response.writeHead(405, { allow: "POST" }).end();
    const server = new McpServer({ name: "signalbox", version: "1.0.0" });
    for (const tool of tools) {
      server.registerTool(tool, { description: tool, inputSchema: z.looseObject({}) }, (input) => {
        calls.push({ tool, arguments: input });
        return { content: [{ type: "text", text: JSON.stringify(answer(tool)) }] };
      });
    }
    const transport = new NodeStreamableHTTPServerTransport({});
    response.on("close", () => void server.close());
    server
      .connect(transport)
      .then(() => transport.handleRequest(request, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    token,
    calls,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}
