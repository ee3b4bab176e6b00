import type { NewFlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { GatewayClient } from "../../core/apps/agent-runner/gateway-client.ts";
import type { GitWorkspace } from "../../core/adapters/git-workspace/git-workspace.ts";
import type { AgentRuntime } from "../../core/ports/agent-runtime.ts";
import type { AgentSession } from "../../core/ports/agent.ts";
import type { Effect } from "../../core/ports/effects.ts";
import type { Forge } from "../../core/ports/forge.ts";
import type { Queue } from "../../core/ports/queue.ts";
import type { RepositoryMirror } from "../../core/ports/repository-mirror.ts";
import type { Store, Transaction } from "../../core/ports/store.ts";
import type { KillSwitch } from "./kill-switch.ts";

/**
 * Kill points are not placed by hand. Each port says here which of its members write something that outlives the process; the types make a new member without
 * an entry fail to compile. The wrappers below then pass a point before and after each of these writes.
 */
type Members<Port> = { readonly [Name in keyof Port]-?: "writes" | "reads" };

const forgeMembers: Members<Forge> = {
  identity: "reads",
  repository: "reads",
  variables: "reads",
  permission: "reads",
  collaborators: "reads",
  issue: "reads",
  issuesSince: "reads",
  createIssue: "writes",
  closeIssue: "writes",
  comments: "reads",
  createComment: "writes",
  updateComment: "writes",
  labels: "reads",
  ensureLabels: "writes",
  addLabels: "writes",
  removeLabel: "writes",
  labelEvents: "reads",
  pull: "reads",
  openPullFrom: "reads",
  createPull: "writes",
  closePull: "writes",
  mergePull: "writes",
  requestReview: "writes",
  checks: "reads",
  reviews: "reads",
  createReview: "writes",
  reviewThreads: "reads",
  replyToThread: "writes",
  ensureHook: "writes",
  createTag: "writes",
  tags: "reads",
  deliveries: "reads",
  redeliver: "writes",
  gitRemote: "reads",
};
const mirrorMembers: Partial<Members<RepositoryMirror>> = { commitFiles: "writes" };
const runtimeMembers: Members<AgentRuntime> = { start: "writes", status: "reads", stop: "writes", list: "reads" };
const queueMembers: Members<Queue> = { enqueue: "writes", work: "reads", start: "reads", stop: "reads" };
const gatewayMembers: Members<GatewayClient> = {
  exchange: "writes",
  sendEvents: "writes",
  heartbeat: "reads",
  putSnapshot: "writes",
  getSnapshot: "reads",
  turnEnded: "writes",
  attemptEnded: "writes",
};
const workspaceMembers: Members<GitWorkspace> = {
  prepare: "writes",
  commitAndPush: "writes",
  packChanges: "reads",
  applyChanges: "writes",
};
const sessionMembers: Members<AgentSession> = { turn: "writes", usage: "reads", snapshot: "reads", restore: "writes" };

/** Tables and the members of each that write. `session` belongs to the queue. */
const tableMembers: { readonly [Table in Exclude<keyof Transaction, "session">]: Members<Transaction[Table]> } = {
  repositories: { get: "reads", list: "reads", save: "writes" },
  deliveries: { insert: "writes", get: "reads", finish: "writes", tried: "writes", known: "reads", unprocessed: "reads" },
  runs: { insert: "writes", get: "reads", save: "writes", list: "reads", count: "reads", newestOf: "reads", held: "reads", countHeld: "reads" },
  attempts: {
    insert: "writes",
    get: "reads",
    latest: "reads",
    newestOf: "reads",
    save: "writes",
    exchange: "writes",
    byToken: "reads",
    expired: "reads",
    alive: "reads",
  },
  pullChecks: { follow: "writes", get: "reads", save: "writes", moved: "writes", of: "reads", pullsAt: "reads", due: "reads" },
  requests: {
    insert: "writes",
    get: "reads",
    save: "writes",
    open: "reads",
    forRun: "reads",
    recent: "reads",
    waiting: "reads",
    countWaiting: "reads",
    insights: "reads",
    closed: "reads",
    summaries: "reads",
  },
  toolCalls: {
    insert: "writes",
    get: "reads",
    executing: "reads",
    byEffectKey: "reads",
    byRequest: "reads",
    insteadOf: "reads",
    save: "writes",
    forRun: "reads",
    settled: "reads",
    audited: "reads",
    count: "reads",
    asked: "reads",
  },
  notes: { add: "writes", waiting: "reads", delivered: "writes" },
  snoozes: { put: "writes", remove: "writes", of: "reads" },
  allowances: { insert: "writes", get: "reads", open: "reads", close: "writes", list: "reads", audited: "reads" },
  rules: { list: "reads", replace: "writes", decided: "reads", past: "reads" },
  outbox: { add: "writes", get: "reads", save: "writes", pending: "reads", pendingLabels: "reads", givenUp: "reads" },
  flow: { append: "writes", after: "reads", bySubject: "reads", byCorrelation: "reads", head: "reads" },
  audit: { requests: "reads", request: "reads", chainEnds: "reads", executedTwice: "reads", vanishedRequests: "reads" },
  transcript: { append: "writes", after: "reads", until: "reads", signs: "reads" },
  snapshots: { save: "writes", latest: "reads" },
  sessions: { start: "writes", end: "writes", forRun: "reads" },
  modelUsage: { since: "reads" },
  usage: { append: "writes", forRun: "reads", totals: "reads", spentSince: "reads" },
  documents: {
    upsert: "writes",
    get: "reads",
    at: "reads",
    link: "writes",
    forIssue: "reads",
    forPull: "reads",
    list: "reads",
    versions: "reads",
    links: "reads",
    search: "reads",
  },
  documentUses: { note: "writes", of: "reads" },
  traceability: { pulls: "reads", releaseSections: "reads" },
  // They order the work of others and are no work: nothing is lost or done twice by them alone.
  leases: { take: "reads", release: "reads" },
  holds: { get: "reads", save: "writes" },
  settings: { get: "reads", set: "writes" },
};

type Call = (...args: unknown[]) => unknown;

/** A port whose writing members pass a point before and after each call, named `<prefix>.<member>`. */
function withPoints<Port extends object>(port: Port, members: Partial<Members<Port>>, prefix: string, { reached }: KillSwitch): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || typeof name !== "string" || members[name as keyof Port] !== "writes") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        reached("before", `${prefix}.${name}`);
        const result = await (member as Call).apply(target, args);
        reached("after", `${prefix}.${name}`);
        return result;
      };
    },
  });
}

export const forgeWithKillPoints = (forge: Forge, name: string, killSwitch: KillSwitch): Forge => withPoints(forge, forgeMembers, name, killSwitch);
export const mirrorWithKillPoints = (mirror: RepositoryMirror, killSwitch: KillSwitch): RepositoryMirror =>
  withPoints(mirror, mirrorMembers, "mirror", killSwitch);
export const runtimeWithKillPoints = (runtime: AgentRuntime, killSwitch: KillSwitch): AgentRuntime =>
  withPoints(runtime, runtimeMembers, "runtime", killSwitch);
export const queueWithKillPoints = (queue: Queue, killSwitch: KillSwitch): Queue => withPoints(queue, queueMembers, "queue", killSwitch);
export const gatewayWithKillPoints = (gateway: GatewayClient, killSwitch: KillSwitch): GatewayClient =>
  withPoints(gateway, gatewayMembers, "gateway", killSwitch);
export const workspaceWithKillPoints = (workspace: GitWorkspace, killSwitch: KillSwitch): GitWorkspace =>
  withPoints(workspace, workspaceMembers, "workspace", killSwitch);
export const sessionWithKillPoints = (session: AgentSession, killSwitch: KillSwitch): AgentSession =>
  withPoints(session, sessionMembers, "session", killSwitch);

/** A store whose transactions pass a point before and after their commit, named by all that they wrote. Transactions that only read pass none. */
export function storeWithKillPoints(store: Store, { reached }: KillSwitch): Store {
  return {
    onFlow: (callback) => store.onFlow(callback),
    async transaction(work) {
      let writes = new Set<string>();
      const result = await store.transaction(async (tx) => {
        writes = new Set();
        const done = await work(recording(tx, writes));
        if (writes.size > 0) reached("before", ...writes);
        return done;
      });
      if (writes.size > 0) reached("after", ...writes);
      return result;
    },
  };
}

function recording(tx: Transaction, writes: Set<string>): Transaction {
  const tables = Object.entries(tableMembers).map(([table, members]) => {
    const port = tx[table as keyof typeof tableMembers] as object;
    const note = (member: string, args: readonly unknown[]): void => namesOf(table, member, args).forEach((name) => writes.add(name));
    const wrapped = new Proxy(port, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== "function" || (members as Readonly<Record<string, string>>)[String(name)] !== "writes") return member;
        return (...args: unknown[]): unknown => {
          note(String(name), args);
          return (member as Call).apply(target, args);
        };
      },
    });
    return [table, wrapped] as const;
  });
  return { ...tx, ...Object.fromEntries(tables) };
}

/** What a write is called. Flow events and effects say more than their tables do; the status comment follows every change of a run and says nothing. */
function namesOf(table: string, member: string, args: readonly unknown[]): readonly string[] {
  if (table === "flow") return (args[0] as readonly NewFlowEvent[]).map((event) => event.type);
  if (table === "outbox" && member === "add")
    return (args[0] as readonly Effect[]).map(({ action }) => action.type).flatMap((type) => (type === "sync-status-comment" ? [] : [`outbox ${type}`]));
  return [`${table}.${member}`];
}
