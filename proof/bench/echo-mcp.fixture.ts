import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { untilAbandoned } from "../world/processes.ts";

/** The MCP SDK's server with one tool that answers what it was given, a server for each request as the gateway has it. */
const http = createServer((request, response) => {
  if (request.method !== "POST") return void response.writeHead(405, { allow: "POST" }).end();
  const server = new McpServer({ name: "echo", version: "1.0.0" });
  server.registerTool("echo", { description: "Echoes", inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
    content: [{ type: "text", text: JSON.stringify({ status: "done", text }) }],
  }));
  const transport = new NodeStreamableHTTPServerTransport({});
  response.on("close", () => void server.close());
  server
    .connect(transport)
    .then(() => transport.handleRequest(request, response))
    .catch(() => response.destroy());
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
console.log(JSON.stringify({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` }));
await untilAbandoned();
http.closeAllConnections();
http.close();
