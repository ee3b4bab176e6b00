import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createRouterClient } from "@orpc/server";
import { createGitHubForge } from "../../core/adapters/github/github-forge.ts";
import { createLocalForge } from "../../core/adapters/local-forge/local-forge.ts";
import { loadTrustedSigners } from "../../core/adapters/node-crypto/key-files.ts";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { createLog } from "../../core/adapters/pino-log/log.ts";
import { createScriptedModel, type ScriptedModelOptions } from "../../core/adapters/scripted-model/scripted-model.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import { openDatabase } from "../../core/apps/rehearsal/database.ts";
import { openRehearsal, type Rehearsal, type RehearsalOptions } from "../../core/apps/rehearsal/rehearsal.ts";
import { sampleRepository } from "../../core/apps/rehearsal/sample-project.ts";
import { loadSecrets, prepareDirectory, type WorkspaceDirectory } from "../../core/apps/rehearsal/workspace-directory.ts";
import type { InboxCard, InboxItem } from "../../core/contract/inbox.ts";
import type { FlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { StageName } from "../../core/domain/stage/stage.ts";
import { labelNames } from "../../core/domain/label/names.ts";
import { nextSteps } from "../../core/domain/run/next-steps.ts";
import { isStatusComment } from "../../core/domain/run/status-comment.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { Transaction } from "../../core/ports/store.ts";
import { pastTurns } from "../../core/usecases/past-turns.ts";
import { readTurnMemory } from "../../core/usecases/turn-memory.ts";
import type { History, RecordedRun } from "./history.ts";

type Times = NonNullable<RehearsalOptions["times"]>;
type Verdict = Parameters<ReturnType<typeof clientOf>["inbox"]["decide"]>[0]["verdict"];

/** A rehearsal workspace that a scenario works in: real Codex, real git, the local forge, an embedded database. */
export interface Stage {
  readonly root: string;
  readonly directory: WorkspaceDirectory;
  /** Moves the sample's issue to a stage, as the owner. */
  start(to: StageName): Promise<void>;
  /** The next undecided request of this kind. */
  request(kind: InboxItem["kind"]): Promise<InboxCard>;
  decide(card: InboxCard, verdict: Verdict): Promise<void>;
  /** Puts other arguments in the place of a call's. */
  edit(card: InboxCard, given: object): Promise<InboxCard>;
  /** Waits until the newest run is in one of these phases and, where it has ended, everything about it is done. */
  reaches(...phases: readonly Run["state"]["phase"][]): Promise<{ readonly id: string; readonly attempt: number }>;
  /** Waits until something like this is in the trail. */
  sees(type: string, matches?: (event: FlowEvent) => boolean): Promise<void>;
  park(runId: string): Promise<void>;
  resume(runId: string): Promise<void>;
  cancel(runId: string, reason: string): Promise<void>;
  /** Ends the runner of a run's newest attempt with SIGKILL. */
  killRunner(): Promise<void>;
  /** Closes the workspace and opens it again. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

const patience = 240_000;
const lookEvery = 150;

function clientOf(rehearsal: Rehearsal) {
  return createRouterClient(rehearsal.router);
}

export interface StageOptions {
  readonly root: string;
  readonly version: string;
  readonly times: Times;
  readonly brain?: ScriptedModelOptions["decide"];
}

/** Opens a workspace of its own for one scenario. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const directory = await prepareDirectory(options.root);
  const model = options.brain && (await createScriptedModel({ apiKey: "key-of-the-recording", decide: options.brain }));
  if (model) {
    // The workspace takes another model from its environment, as a person's would be.
    Object.assign(process.env, { SIGNALBOX_MODEL_URL: model.baseUrl, SIGNALBOX_MODEL_KEY: "key-of-the-recording", SIGNALBOX_MODEL_NAME: "scripted-1" });
  }
  const open = (): Promise<Rehearsal> =>
    openRehearsal({ directory, version: options.version, purpose: "work", progress: () => undefined, times: options.times });
  let rehearsal = await open();
  let client = clientOf(rehearsal);
  const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    const end = performance.now() + patience;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error(`it did not come to ${what}`);
      await delay(lookEvery);
    }
  };
  const sample = (await client.projects.list()).find((project) => project.sample)?.repository ?? "";
  const newest = async () => (await client.runs.list({ repository: sample, issue: 1, limit: 1 })).runs[0];

  return {
    root: options.root,
    directory,
    async start(to) {
      const move = { repository: sample, issue: 1, to };
      const preview = await client.board.preview(move);
      await client.board.apply({ ...move, targetVersion: preview.targetVersion });
    },
    request: (kind) =>
      until(`a ${kind} request`, async () => {
        const item = (await client.inbox.list({})).items.find((candidate) => candidate.kind === kind);
        return item && client.inbox.get({ id: item.id });
      }),
    async decide(card, verdict) {
      const { id, digest, targetVersion } = card;
      await client.inbox.decide({ id, verdict, surface: "command-line", digest, targetVersion });
    },
    edit: ({ id, digest }, given) => client.inbox.edit({ id, arguments: JSON.stringify(given), surface: "command-line", digest }),
    reaches: (...phases) =>
      until(phases.join(" or "), async () => {
        const run = await newest();
        if (!run || !(phases as readonly string[]).includes(run.phase)) return undefined;
        const { decisions } = await client.runs.get({ id: run.id });
        return decisions.some((decision) => decision.phase === "decided" || decision.phase === "executing") ? undefined : { id: run.id, attempt: run.attempt };
      }),
    sees: (type, matches = () => true) =>
      until(type, async () => {
        const events = await client.audit.events({ type, limit: 1_000 });
        return events.some((event) => matches(event as unknown as FlowEvent)) || undefined;
      }).then(() => undefined),
    park: async (id) => void (await client.runs.park({ id })),
    // Refused as long as its agent is still ending.
    resume: (id) =>
      until("a run that can be resumed", () =>
        client.runs.resume({ id }).then(
          () => true,
          () => undefined,
        ),
      ).then(() => undefined),
    cancel: async (id, reason) => void (await client.runs.cancel({ id, reason })),
    killRunner: () => killRunner(directory.attempts),
    async reopen() {
      await rehearsal.close();
      rehearsal = await open();
      client = clientOf(rehearsal);
    },
    async close() {
      await rehearsal.close();
      await model?.close();
      for (const name of ["SIGNALBOX_MODEL_URL", "SIGNALBOX_MODEL_KEY", "SIGNALBOX_MODEL_NAME"]) Reflect.deleteProperty(process.env, name);
    },
  };
}

/** The local-process runtime keeps a record of each runner in its attempt's directory. */
async function killRunner(attempts: string): Promise<void> {
  const records = (await readdir(attempts, { recursive: true })).filter((path) => path.endsWith("process.json"));
  for (const path of records) {
    const { pid } = JSON.parse(await readFile(join(attempts, path), "utf8")) as { readonly pid: number };
    process.kill(-pid, "SIGKILL");
  }
}

/** Reads a closed workspace whole. What can change with the code (comments, next steps) is taken down as it is today. */
export async function readWorkspace(stage: Pick<Stage, "directory">, about: History["about"]): Promise<History> {
  const { directory } = stage;
  const comments = await readComments(directory);
  const database = await openDatabase(directory.database, "read", createHasher(), createLog({ file: directory.log }));
  try {
    const names = labelNames(new Map());
    if (!names.ok) throw new Error("the standard label names collide");
    return await database.store.transaction(async (tx) => {
      const runs: RecordedRun[] = [];
      for (const run of (await tx.runs.list({})).toReversed()) {
        const statusComment = comments.find((body) => isStatusComment(body, run.id));
        const steps = nextSteps(run.stage, names.value);
        runs.push({ ...(await recordedRun(tx, run)), nextSteps: steps, ...(statusComment === undefined ? {} : { statusComment }) });
      }
      const requests = (await Promise.all(runs.map(({ run }) => tx.requests.forRun(run.id)))).flat();
      return { about, keys: await loadTrustedSigners(directory.keys), events: await tx.flow.after(0, 100_000), runs, requests };
    });
  } finally {
    await database.close();
  }
}

async function recordedRun(tx: Transaction, run: Run): Promise<Omit<RecordedRun, "nextSteps">> {
  const attempts = [];
  for (let number = 1; ; number += 1) {
    const attempt = await tx.attempts.get(run.id, number);
    if (!attempt) break;
    attempts.push(attempt);
  }
  const memory = await readTurnMemory(tx, run.id);
  return { run, attempts, usage: await tx.usage.forRun(run.id), pastTurns: await pastTurns(tx, run.id), ...(memory ? { memory } : {}) };
}

/** What stands under the sample's issue. The forge is opened for this alone: nothing of the workspace runs. */
async function readComments(directory: WorkspaceDirectory): Promise<readonly string[]> {
  const secrets = await loadSecrets(directory.secrets, () => "");
  const server = createLocalForge({ directory: directory.forge, clock: createSystemClock(() => undefined) });
  await server.start();
  try {
    const forge = createGitHubForge({ baseUrl: server.apiUrl, gitUrl: server.url, credential: { type: "token", token: secrets.ownerToken } });
    return (await forge.comments(sampleRepository as Run["repository"], 1)).map((comment) => comment.body);
  } finally {
    await server.close();
  }
}
