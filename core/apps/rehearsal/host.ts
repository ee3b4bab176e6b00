import { join } from "node:path";
import { createNotificationFile } from "../../adapters/notification-file/notification-file.ts";
import { scriptedModelName } from "../../adapters/scripted-model/scripted-model.ts";
import type { ConnectionState } from "../../contract/connection.ts";
import { notificationPreferences } from "../../contract/notifications.ts";
import type { PersonId, RepositoryName } from "../../domain/kernel/values.ts";
import { allStages, type StageName } from "../../domain/stage/stage.ts";
import type { AuditAnchors } from "../../ports/audit-anchors.ts";
import type { Store } from "../../ports/store.ts";
import type { AnchorAudit } from "../../usecases/anchor-audit.ts";
import { createEditRequest } from "../../usecases/edit-request.ts";
import { createExportAudit } from "../../usecases/export-audit.ts";
import { createApplyTransition, createPreviewTransition } from "../../usecases/preview-transition.ts";
import { createOwnerAllowances } from "../../usecases/owner-allowances.ts";
import { createOwnerRules } from "../../usecases/owner-rules.ts";
import { createPublishAnchor, createReadTaggedAnchors } from "../../usecases/publish-anchor.ts";
import { createReplayDecision } from "../../usecases/replay-decision.ts";
import { createDecide } from "../../usecases/sign-decision.ts";
import { createSendNote } from "../../usecases/send-note.ts";
import { toolbox } from "../../usecases/tools/toolbox.ts";
import { documentTypesPresent } from "../../usecases/stage-documents.ts";
import { createVerifyAudit } from "../../usecases/verify-audit.ts";
import { createSetWipLimits } from "../../usecases/wip-limits.ts";
import { createToolArgumentParser } from "../gateway/tool-arguments.ts";
import type { HostDependencies, OwnServer } from "../host/dependencies.ts";
import { repositoryLooks } from "../host/repository-looks.ts";
import { shownRequests } from "../host/shown-requests.ts";
import type { HostOffline } from "../host/offline/offline.ts";
import type { Platform, UseCases } from "../server/compose.ts";
import { runChecks } from "./doctor.ts";
import { createDoctorProbes, type DoctorSources } from "./doctor/probes.ts";
import type { RehearsalForge } from "./forge.ts";
import { ownerLogin } from "./forge.ts";
import type { WorkspaceKeys } from "./keys.ts";
import { sampleIssues, sampleRepository } from "./sample-project.ts";
import type { WorkspaceDirectory } from "./workspace-directory.ts";

export interface HostGround {
  readonly platform: Platform;
  readonly useCases: UseCases;
  readonly forge: RehearsalForge;
  readonly keys: WorkspaceKeys;
  readonly anchors: AuditAnchors;
  readonly anchorAudit: AnchorAudit;
  /** Keeps the end of the trail outside of the database as the owner goes. Never fails: what does not fit is in the log, and for the verification to tell. */
  readonly keepAnchor: () => Promise<void>;
  readonly directory: WorkspaceDirectory;
  readonly version: string;
  /** Labels, hook and row of a repository that was brought in. */
  readonly connectRepository: (name: RepositoryName) => Promise<void>;
  /** Empty while nothing is served. */
  readonly gatewayUrl: () => string;
  /** Whether agents may run here. Where not, a hold is noted only, and has its effect when they may. */
  readonly works: boolean;
  readonly relayUrl?: (() => string) | undefined;
  /** What is kept beside the database, and the store that knows whether it is there. */
  readonly offline: HostOffline;
  readonly store: Store;
  readonly ownServer?: OwnServer | undefined;
}

/** What the rehearsal workspace's host answers from. It sits beside the server part, but uses only what an owner's machine would have: the database, the forge, the key. */
export function hostDependencies(ground: HostGround): HostDependencies {
  const { platform, useCases, forge, keys, store, offline } = ground;
  const { clock, hasher, mirror } = platform;
  const owner = ownerLogin as PersonId;
  const { signer, signatures } = keys;
  const sign = createDecide({ store, clock, hasher, signatures, signer, answerRequest: useCases.answerRequest });
  const editRequest = editing(ground);
  const setWipLimits = createSetWipLimits({ store, clock });
  const sendNote = createSendNote({ store, clock, randomness: platform.random });
  const transitions = { store, ownerForge: forge.owner, presentArtifacts: presentArtifacts(ground), defaultProfile: platform.profile };
  const repositories = (): Promise<readonly RepositoryName[]> => store.transaction(async (tx) => (await tx.repositories.list()).map((row) => row.name));
  const verifyAudit = createVerifyAudit({
    store,
    hasher,
    signatures: keys.signatures,
    anchors: ground.anchors,
    taggedAnchors: createReadTaggedAnchors({ repositories, forge: forge.owner }),
    vouchFor: (head) => ground.anchorAudit.vouchFor(head),
  });
  /** Not left to the next round: the owner waits to see it. */
  const settled = async <T>(outcome: T): Promise<T> => {
    if (ground.works) await useCases.settleHolds();
    return outcome;
  };
  return {
    store,
    clock,
    ownerForge: forge.owner,
    mirror,
    owner,
    decide: async ({ id, verdict, surface, digest, targetVersion }) => {
      const decided = await sign({ requestId: id, verdict, surface, shownDigest: digest, shownTargetVersion: targetVersion });
      if (decided.ok) await ground.keepAnchor();
      return decided;
    },
    edit: async ({ id, argumentsText, surface, digest }) => {
      const edited = await editRequest({ requestId: id, argumentsText, surface, shownDigest: digest });
      if (edited.ok) await ground.keepAnchor();
      return edited;
    },
    ...shownRequests({ store, clock, hasher, signatures, owner }),
    allowances: createOwnerAllowances({ store, clock, hasher, randomness: platform.random, ...keys, keepAnchor: ground.keepAnchor }),
    rules: createOwnerRules({ store, clock, hasher, owner, keepAnchor: ground.keepAnchor }),
    previewTransition: createPreviewTransition(transitions),
    applyTransition: createApplyTransition(transitions),
    noteRun: (id, text) => sendNote(id, owner, text),
    parkRun: (id) => useCases.parkRun(id, owner),
    resumeRun: (id) => useCases.releaseRun(id, owner),
    cancelRun: (id, reason) => useCases.cancelRun(id, owner, reason),
    pauseAll: async (reason) => settled(await useCases.pauseAll(owner, reason)),
    restoreAll: async () => settled(await useCases.restoreAll(owner)),
    setBudgets: async (budgets) => settled(await useCases.setBudgets(owner, budgets)),
    setWipLimits: (repository, changes) => setWipLimits(repository, owner, changes),
    signingKey: { person: keys.signer.person, keyId: keys.signer.keyId, place: keys.place },
    verifyAudit,
    anchorAudit: createPublishAnchor({ verifyAudit, anchors: ground.anchors, ownerForge: forge.owner, repositories }),
    replayDecision: createReplayDecision({ store, hasher, signatures: keys.signatures }),
    exportAudit: createExportAudit({ store, hasher, clock, signer: keys.signer }),
    connection: () => connectionOf(ground),
    ...repositoryLooks({ store, clock, ownerForge: forge.owner, mirror, trusted: { signers: keys.trusted, from: ground.directory.keys } }),
    defaultModel: { ...platform.profile, isScripted: platform.profile.model === scriptedModelName },
    doctor: () => runChecks(createDoctorProbes(doctorSources(ground))),
    repositories,
    offline,
    ownServer: ground.ownServer,
    notifications: createNotificationFile(ground.directory.notifications, notificationPreferences),
    rehearsal: {
      sample: sampleRepository as RepositoryName,
      addLocal: async (path) => {
        const name = await forge.addLocal(path);
        await ground.connectRepository(name);
        return name;
      },
      sampleIssue: () => sampleIssue(ground),
    },
  };
}

function editing({ platform, store, keys, useCases }: HostGround): ReturnType<typeof createEditRequest> {
  const { signer } = keys;
  return createEditRequest({ ...platform, store, tools: toolbox, parser: createToolArgumentParser(), signer, replaceRequest: useCases.replaceRequest });
}

function doctorSources({ platform, forge, keys, anchors, directory, gatewayUrl, relayUrl }: HostGround): DoctorSources {
  const { store, clock, runtime } = platform;
  return {
    directory,
    store,
    clock,
    runtime,
    anchors,
    forge: forge.bot,
    ownerForge: forge.owner,
    forgeUrl: forge.server.url,
    relayUrl: relayUrl?.() || undefined,
    gatewayUrl: gatewayUrl() || undefined,
    owner: ownerLogin,
    signingKey: join(directory.keys, `${keys.signer.person}.signing-key.json`),
  };
}

/** Documents that each stage has left on the default branch. */
function presentArtifacts({ platform: { mirror, forge } }: HostGround) {
  return async (repository: RepositoryName, issue: number): Promise<ReadonlyMap<StageName, readonly string[]>> => {
    const { defaultBranch } = await forge.repository(repository);
    const tip = await mirror.fetch(repository, defaultBranch);
    const found = tip
      ? await Promise.all(allStages.map(async (stage) => [stage, await documentTypesPresent(mirror, repository, tip, issue, stage)] as const))
      : [];
    return new Map(found);
  };
}

async function connectionOf({ platform, version, gatewayUrl, keys }: HostGround): Promise<ConnectionState> {
  const repositories = await platform.store.transaction((tx) => tx.repositories.list());
  const identity = await platform.forge.identity().then(
    (login) => ({ state: "live", detail: `signed in as ${login}` }) as const,
    (error: unknown) => ({ state: "offline", detail: String(error) }) as const,
  );
  return {
    mode: "rehearsal",
    forge: identity,
    database: { state: "live", detail: "embedded" },
    ...(gatewayUrl() === "" ? {} : { gateway: gatewayUrl() }),
    repositories: repositories.map((row) => row.name),
    signsAs: keys.signer.person,
    version,
  };
}

/** The sample's idea; with its number as long as nothing has run on it. */
async function sampleIssue({ forge, platform }: HostGround): Promise<{ title: string; body: string; issue?: number }> {
  const [idea] = await sampleIssues();
  if (!idea) throw new Error("the sample project has no issue");
  const repository = sampleRepository as RepositoryName;
  const existing = await forge.owner.issue(repository, 1);
  const runs = await platform.store.transaction((tx) => tx.runs.list({ repository, issue: existing.number, limit: 1 }));
  return { ...idea, ...(existing.title === idea.title && runs.length === 0 ? { issue: existing.number } : {}) };
}
