import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createRouterClient } from "@orpc/server";
import { createRandomness } from "../../core/adapters/node-crypto/hashing.ts";
import { createSignatureVerifier } from "../../core/adapters/node-crypto/signatures.ts";
import { createGateway } from "../../core/apps/gateway/gateway.ts";
import { createHostRouter, type HostRouter } from "../../core/apps/host/router.ts";
import type { InboxCard } from "../../core/contract/inbox.ts";
import type { DecisionRequest, Verdict } from "../../core/domain/decision/decision.ts";
import type { JsonObject, RequestId } from "../../core/domain/kernel/values.ts";
import type { Run } from "../../core/domain/run/run.ts";
import { InfrastructureError } from "../../core/ports/infrastructure-error.ts";
import type { FreshDatabase } from "../../core/testing/databases.ts";
import { createGovernance, type Governance } from "../../core/testing/governance.ts";
import { createHostWorld } from "../../core/testing/host-world.ts";
import type { HostClient } from "../../core/testing/host.conformance.ts";
import { createApplyGate } from "../../core/usecases/apply-gate.ts";
import { createAuthenticateRun } from "../../core/usecases/authenticate-run.ts";
import type { ExitState } from "../../core/usecases/exit-conditions.ts";
import { draftGate, storeGate } from "../../core/usecases/open-gate.ts";
import { createOwnerAllowances } from "../../core/usecases/owner-allowances.ts";
import { createSettleLabels } from "../../core/usecases/settle-labels.ts";
import { createDecide } from "../../core/usecases/sign-decision.ts";
import { createStaleGate } from "../../core/usecases/stale-gate.ts";
import { createVerifyAudit, type AuditProblem } from "../../core/usecases/verify-audit.ts";
import { decisionHolds, isAsAsked } from "../../core/usecases/verify-decision.ts";

/** An installation whose decisions are attacked: governance on a real database, the owner's host by its contract, and the gateway's MCP for agents. */
export interface DecisionWorld extends Governance {
  readonly host: HostClient;
  readonly router: HostRouter;
  readonly card: (request: { readonly id: string }) => Promise<InboxCard>;
  /** The owner looks at the card and decides on what it shows, at the host's door. */
  readonly ownerDecides: (request: { readonly id: RequestId }, verdict?: Verdict) => Promise<InboxCard>;
  /** What `audit verify` says about a subject. */
  readonly auditOf: (subject: string) => Promise<readonly AuditProblem[]>;
  /** A run's agent at the gateway. Close the client. */
  readonly agent: (run: Run) => Promise<Client>;
  /** A raw MCP call with the run's token: `argumentsText` is JSON as the attacker writes it. @returns the tool's result. */
  readonly rawCall: (run: Run, tool: string, argumentsText: string) => Promise<JsonObject>;
  readonly tokenOf: (run: Run) => Promise<string>;
  /** A run at the gate of its stage, with an open pull request that approving merges. */
  readonly gate: () => Promise<{ readonly run: Run; readonly request: DecisionRequest; readonly pull: number }>;
  readonly staleGate: ReturnType<typeof createStaleGate>;
  /** Writes at the forge since the last mark. */
  readonly effects: () => readonly string[];
  /** What happened up to here belongs to the preparation. */
  readonly mark: () => void;
  /** Writes to a row as somebody would who has the database's password. Objects go into JSON columns. */
  readonly edit: (table: "decision_requests" | "tool_calls" | "runs" | "allowances", id: string, changes: Readonly<Record<string, unknown>>) => Promise<void>;
  close(): Promise<void>;
}

const nothingMissing = { required: [], present: [], missing: [], problems: [], files: [] };
type Gates = Parameters<typeof createStaleGate>[0];

export async function createDecisionWorld(database: FreshDatabase): Promise<DecisionWorld> {
  let applyGate: ReturnType<typeof createApplyGate> = async () => ({});
  const governance = await createGovernance(database, { applyGate: (request, decision) => applyGate(request, decision) });
  const { store, clock, forge, hasher, people, driver } = governance;
  const owner = forge.as("olga");
  const exitOf = async (run: Run): Promise<ExitState> => ({ pull: await owner.openPullFrom(run.repository, run.branch), ...nothingMissing });
  const gates: Gates = { store, clock, forge: forge.as("signalbox-bot"), hasher, randomness: createRandomness(), exitConditions: exitOf };
  applyGate = createApplyGate({
    ...gates,
    ownerForge: owner,
    settleLabels: createSettleLabels({ ...gates, ownerForge: owner }),
    mirror: forge.mirror,
    documents: governance.documents,
    abortIssue: async () => "done" as never,
    syncDocsets: async () => {},
  });
  const signatures = createSignatureVerifier([people.olga.trusted, people.boris.trusted]);
  const sign = createDecide({ store, clock, hasher, signatures, signer: people.olga.signer, answerRequest: governance.answerRequest });
  const verify = createVerifyAudit({ store, hasher, signatures, anchors: { list: async () => [] } });
  const router = createHostRouter({
    ...createHostWorld(database).deps,
    clock,
    ownerForge: owner,
    decide: ({ id, digest, targetVersion, ...rest }) => sign({ ...rest, requestId: id, shownDigest: digest, shownTargetVersion: targetVersion }),
    allowances: createOwnerAllowances({
      store,
      clock,
      hasher,
      randomness: createRandomness(),
      signer: people.olga.signer,
      signatures,
      keepAnchor: async () => {},
    }),
    verifies: (request) => "decision" in request.state && decisionHolds({ hasher, signatures }, request, request.state.decision),
    isAsAsked: (request, history) => isAsAsked({ hasher, signatures }, request, history),
    edit: ({ id, argumentsText, surface, digest }) => governance.editRequest({ requestId: id, argumentsText, surface, shownDigest: digest }),
    verifyAudit: verify,
  });
  const host = createRouterClient(router);
  const gateway = createGateway(gatewayDependencies(governance));
  const { url } = await gateway.start({ host: "127.0.0.1", port: 0 });
  const tokenOf = async (run: Run): Promise<string> => {
    const token = `token-${run.id}`;
    await store.transaction((tx) => tx.attempts.exchange(hasher.sha256(run.id), hasher.sha256(token)));
    return token;
  };
  const card = (request: { readonly id: string }): Promise<InboxCard> => host.inbox.get({ id: request.id });
  let marked = 0;
  return {
    ...governance,
    host,
    router,
    card,
    tokenOf,
    ownerDecides: async (request, verdict = { type: "approve" }) => {
      const shown = await card(request);
      return host.inbox.decide({ id: request.id, verdict: verdict as never, surface: "desktop", digest: shown.digest, targetVersion: shown.targetVersion });
    },
    auditOf: async (subject) => (await verify()).problems.filter((problem) => problem.subject === subject),
    agent: async (run) => {
      const client = new Client({ name: "agent", version: "1.0.0" });
      const requestInit = { headers: { authorization: `Bearer ${await tokenOf(run)}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
      return client;
    },
    rawCall: async (run, tool, argumentsText) => rawCall(`${url}/mcp`, await tokenOf(run), tool, argumentsText),
    gate: () => openGate(governance, gates),
    staleGate: createStaleGate(gates),
    effects: () => forge.writes.slice(marked),
    mark: () => void (marked = forge.writes.length),
    edit: async (table, id, changes) => {
      for (const [column, value] of Object.entries(changes)) {
        const json = typeof value === "object";
        await driver.query(`update ${table} set ${column} = $2${json ? "::jsonb" : ""} where id = $1`, [id, json ? JSON.stringify(value) : value]);
      }
    },
    close: () => gateway.stop(),
  };
}

/** The gate as the orchestrator opens it, for a run whose agent has opened its pull request. */
async function openGate(governance: Governance, gates: Gates): ReturnType<DecisionWorld["gate"]> {
  const { forge, store, clock } = governance;
  const run = await governance.newRun();
  forge.push(run.branch, { "docs/a.md": "a" });
  const pull = Number((await governance.call(run, "github_create_pr", { title: "T", body: "B" }))["number"]);
  const current = await governance.runOf(run.id);
  const draft = await draftGate(gates, current, await gates.exitConditions(current));
  const context = { now: clock.now(), actor: { type: "system", id: "orchestrator" } } as const;
  await store.transaction(async (tx) => {
    const locked = await tx.runs.get(run.id, { lock: true });
    if (locked) await storeGate(tx, { ...gates, gateDays: 7 }, locked, draft, context, 1);
  });
  return { run: await governance.runOf(run.id), request: await governance.requestOf(run), pull };
}

function gatewayDependencies({ store, hasher, callTool }: Governance): Parameters<typeof createGateway>[0] {
  const notHere = (): never => {
    throw new InfrastructureError("internal", "not part of this suite");
  };
  return {
    authenticateRun: createAuthenticateRun({ store, hasher }),
    callTool,
    healthy: async () => true,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    version: "0.0.0",
    exchangeRunToken: notHere,
    extendLease: notHere,
    recordEvents: notHere,
    saveSnapshot: notHere,
    loadSnapshot: notHere,
    concludeTurn: notHere,
    endAttempt: notHere,
    acceptPush: notHere,
    git: { handle: notHere },
    model: notHere,
  };
}

async function rawCall(url: string, token: string, tool: string, argumentsText: string): Promise<JsonObject> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-06-18",
    },
    body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":${JSON.stringify(tool)},"arguments":${argumentsText}}}`,
  });
  const text = await response.text();
  const data = text.startsWith("{") ? text : (/^data: (.*)$/mu.exec(text)?.[1] ?? "{}");
  const message = JSON.parse(data) as { readonly result?: { readonly structuredContent?: JsonObject }; readonly error?: JsonObject };
  return message.result?.structuredContent ?? { status: "refused", message: JSON.stringify(message.error ?? data), httpStatus: response.status };
}
