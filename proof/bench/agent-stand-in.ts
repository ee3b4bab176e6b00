import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { exchangeResponse, runnerPaths, type ExchangeResponse } from "../../core/contract/runner.ts";
import type { RunId } from "../../core/domain/kernel/values.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { Installation } from "./installation.ts";

/** What `agent-started.fixture.sh` leaves in an attempt's directory. */
export interface StartedAgent {
  /** Milliseconds since the epoch, with their fractions. */
  readonly at: number;
  readonly bootstrapToken: string;
}

/** Opens an issue, puts `run:intake` on it, and waits until its agent's process runs. */
export async function startRun(on: Installation): Promise<{ readonly run: Run; readonly agent: StartedAgent }> {
  const issue = await on.owner.openIssue({ title: "Let guests pay by card", body: "Guests ask for it every day." });
  await on.owner.label(issue, "run:intake");
  for (;;) {
    const [run] = await on.database.store.transaction((tx) => tx.runs.list({ repository: on.repository, issue }));
    const agent = run && (await startedAgent(on, run.id));
    if (run && agent) return { run, agent };
    await delay(20);
  }
}

async function startedAgent(on: Installation, run: RunId): Promise<StartedAgent | undefined> {
  const text = await readFile(join(on.attempts, `${run}-1`, "started"), "utf8").catch(() => "");
  const [at, bootstrapToken] = text.split("\n");
  return bootstrapToken ? { at: Number(at) / 1e6, bootstrapToken } : undefined;
}

/** A runner that calls tools and reports that it lives, as the real one does, and does nothing else. */
export interface AgentStandIn {
  readonly run: Run;
  /** One `tools/call`; resolves with the status of its result. */
  call(tool: string, given: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export async function connectAgent(on: Installation): Promise<AgentStandIn> {
  const { run, agent } = await startRun(on);
  const exchanged = await exchange(on.gatewayUrl, run.id, agent.bootstrapToken);
  const headers = { authorization: `Bearer ${exchanged.runToken}` };
  const heartbeat = setInterval(
    () => void fetch(`${on.gatewayUrl}${runnerPaths.heartbeat}`, { method: "POST", headers, body: "{}" }).catch(() => undefined),
    5_000,
  );
  const client = await connectClient(exchanged.mcpUrl, headers);
  return {
    run,
    call: (tool, given) => callTool(client, tool, given),
    async close() {
      clearInterval(heartbeat);
      await client.close();
    },
  };
}

/** An MCP client as agents have one. */
export async function connectClient(url: string, headers: Record<string, string>): Promise<Client> {
  const client = new Client({ name: "bench", version: "0.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

export async function callTool(client: Client, name: string, given: Record<string, unknown>): Promise<string> {
  const { content } = await client.callTool({ name, arguments: given });
  const [first] = content;
  if (first?.type !== "text") throw new Error(`${name} answered without a text`);
  return (JSON.parse(first.text) as { readonly status: string }).status;
}

async function exchange(gatewayUrl: string, runId: RunId, bootstrapToken: string): Promise<ExchangeResponse> {
  const response = await fetch(`${gatewayUrl}${runnerPaths.exchange}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ runId, attempt: 1, bootstrapToken }),
  });
  if (!response.ok) throw new Error(`the bootstrap token was refused: ${await response.text()}`);
  return exchangeResponse.parse(await response.json());
}
