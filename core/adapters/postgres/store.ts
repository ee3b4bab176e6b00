import type { Hasher } from "../../ports/crypto.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { Queue } from "../../ports/queue.ts";
import type { SqlDriver } from "../../ports/sql-driver.ts";
import type { Store, Transaction } from "../../ports/store.ts";
import { allowancesTable } from "./tables/allowances.ts";
import { attemptsTable } from "./tables/attempts.ts";
import { auditTables } from "./tables/audit.ts";
import { deliveriesTable } from "./tables/deliveries.ts";
import { documentUsesTable } from "./tables/document-uses.ts";
import { documentsTable } from "./tables/documents.ts";
import { createChainWriter, flowTable, type ChainWriter } from "./tables/flow.ts";
import { holdsTable } from "./tables/holds.ts";
import { leasesTable } from "./tables/leases.ts";
import { modelUsageTable } from "./tables/model-usage.ts";
import { notesTable } from "./tables/notes.ts";
import { outboxTable } from "./tables/outbox.ts";
import { pullChecksTable } from "./tables/pull-checks.ts";
import { repositoriesTable } from "./tables/repositories.ts";
import { requestsTable } from "./tables/requests.ts";
import { rulesTable } from "./tables/rules.ts";
import { runsTable } from "./tables/runs.ts";
import { sessionsTable, settingsTable, snapshotsTable, usageTable } from "./tables/sessions.ts";
import { snoozesTable } from "./tables/snoozes.ts";
import { toolCallsTable } from "./tables/tool-calls.ts";
import { traceabilityTable } from "./tables/traceability.ts";
import { transcriptTable } from "./tables/transcript.ts";

export interface StoreDependencies {
  readonly hasher: Hasher;
  /** Stored deliveries and effects enqueue their job in the same transaction. */
  readonly queue: Pick<Queue, "enqueue">;
}

const attemptsPerTransaction = 5;

/** The store over one database that was brought to the newest schema (`migrate`), embedded or remote. */
export function createStore(driver: SqlDriver, deps: StoreDependencies): Store {
  return {
    async transaction(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await driver.transaction(async (session) => {
            const chain = createChainWriter(session, deps.hasher);
            const result = await work(createTransaction(chain, deps));
            await chain.flush();
            return result;
          });
        } catch (error) {
          if (attempt === attemptsPerTransaction || !isLostRace(error)) throw error;
        }
      }
    },
    onFlow: (callback) => driver.listen("flow_events", () => callback()),
  };
}

/** All tables as one transaction sees them. */
function createTransaction(chain: ChainWriter, deps: StoreDependencies): Transaction {
  const { session } = chain;
  return {
    session,
    repositories: repositoriesTable(session),
    deliveries: deliveriesTable(session, deps.queue),
    runs: runsTable(session),
    attempts: attemptsTable(session),
    pullChecks: pullChecksTable(session),
    requests: requestsTable(session),
    toolCalls: toolCallsTable(session),
    snoozes: snoozesTable(session),
    notes: notesTable(session),
    rules: rulesTable(session),
    allowances: allowancesTable(session),
    outbox: outboxTable(session, deps.queue),
    flow: flowTable(chain),
    audit: auditTables(session),
    transcript: transcriptTable(session),
    snapshots: snapshotsTable(session),
    sessions: sessionsTable(session),
    usage: usageTable(session),
    modelUsage: modelUsageTable(session),
    documents: documentsTable(session),
    documentUses: documentUsesTable(session),
    traceability: traceabilityTable(session),
    leases: leasesTable(session),
    holds: holdsTable(session),
    settings: settingsTable(session),
  };
}

/** Lost serialisations and deadlocks: the database has undone everything, and the same work may succeed now. */
function isLostRace(error: unknown): boolean {
  return error instanceof InfrastructureError && error.code === "conflict" && error.retryable;
}
