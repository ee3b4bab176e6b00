import type { Check, ConnectionState } from "../../../contract/connection.ts";
import { err } from "../../../domain/kernel/result.ts";
import type { PersonId, RepositoryName } from "../../../domain/kernel/values.ts";
import type { ModelProfile } from "../../../domain/run/run.ts";
import { allStages, type StageName } from "../../../domain/stage/stage.ts";
import type { AuditAnchors } from "../../../ports/audit-anchors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DecisionSigner, Hasher, Randomness, SignatureVerifier } from "../../../ports/crypto.ts";
import type { DocumentCodec } from "../../../ports/document-codec.ts";
import type { Forge } from "../../../ports/forge.ts";
import type { Log } from "../../../ports/log.ts";
import type { NotificationKeeper } from "../../../ports/notification-keeper.ts";
import type { RepositoryMirror } from "../../../ports/repository-mirror.ts";
import type { Store } from "../../../ports/store.ts";
import { createAnchorAudit } from "../../../usecases/anchor-audit.ts";
import { createAnswerRequest } from "../../../usecases/answer-request.ts";
import { createCancelRun } from "../../../usecases/cancel-run.ts";
import { createEditRequest } from "../../../usecases/edit-request.ts";
import { createExportAudit } from "../../../usecases/export-audit.ts";
import { createOwnerAllowances } from "../../../usecases/owner-allowances.ts";
import { createOwnerRules } from "../../../usecases/owner-rules.ts";
import { createParkRun } from "../../../usecases/park-run.ts";
import { createPauseAll, createRestoreAll } from "../../../usecases/pause-all.ts";
import { createApplyTransition, createPreviewTransition } from "../../../usecases/preview-transition.ts";
import { createPublishAnchor, createReadTaggedAnchors } from "../../../usecases/publish-anchor.ts";
import { createReplaceRequest } from "../../../usecases/replace-request.ts";
import { createReplayDecision } from "../../../usecases/replay-decision.ts";
import { createSetBudgets } from "../../../usecases/set-budgets.ts";
import { createDecide } from "../../../usecases/sign-decision.ts";
import { createSendNote } from "../../../usecases/send-note.ts";
import { toolbox } from "../../../usecases/tools/toolbox.ts";
import { documentTypesPresent } from "../../../usecases/stage-documents.ts";
import { createVerifyAudit } from "../../../usecases/verify-audit.ts";
import { createSetWipLimits } from "../../../usecases/wip-limits.ts";
import { createToolArgumentParser } from "../../gateway/tool-arguments.ts";
import type { HostDependencies, SigningKeyPlace } from "../../host/dependencies.ts";
import { repositoryLooks } from "../../host/repository-looks.ts";
import { shownRequests } from "../../host/shown-requests.ts";
import type { HostOffline } from "../../host/offline/offline.ts";

export interface ServerHostGround {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly signer: DecisionSigner;
  readonly keyPlace: SigningKeyPlace;
  readonly signatures: SignatureVerifier;
  readonly trusted: HostDependencies["trusted"];
  readonly ownerForge: Forge;
  /** The same, asked each time: what is mended there shows at once. */
  readonly askedForge: Forge;
  readonly mirror: RepositoryMirror;
  readonly documents: DocumentCodec;
  readonly anchors: AuditAnchors;
  readonly offline: HostOffline;
  readonly notifications: NotificationKeeper;
  /** Has the server's queue take jobs. */
  readonly ready: () => Promise<void>;
  readonly version: string;
  /** Where the database is, without a name or a password. */
  readonly server: string;
  readonly signingKey: string;
}

/** Labels may name another profile; a preview of labels shows this one for those that do not. */
const profile: ModelProfile = { model: "default", reasoning: "medium" };

/** What a host answers from whose server runs elsewhere: the database, the forge as the owner, and the owner's key. */
export function serverHostDependencies(ground: ServerHostGround): HostDependencies {
  const { store, clock, hasher, signer, signatures, ownerForge, mirror, anchors, offline, notifications, ready } = ground;
  const owner = signer.person as PersonId;
  const anchorAudit = createAnchorAudit({ store, hasher, clock, anchors, signatures, signer });
  const sign = createDecide({ store, clock, hasher, signatures, signer, answerRequest: createAnswerRequest({ store, clock, hasher, signatures }) });
  // What an edit would do is looked up as the owner: reading is all that it takes.
  const edits = { ...ground, forge: ownerForge, random: ground.randomness, tools: toolbox, parser: createToolArgumentParser() };
  const editRequest = createEditRequest({ ...edits, replaceRequest: createReplaceRequest(edits) });
  const transitions = { store, ownerForge, presentArtifacts: presentArtifacts(ground), defaultProfile: profile };
  const repositories = (): Promise<readonly RepositoryName[]> => store.transaction(async (tx) => (await tx.repositories.list()).map((row) => row.name));
  const verifyAudit = createVerifyAudit({
    store,
    hasher,
    signatures,
    anchors,
    taggedAnchors: createReadTaggedAnchors({ repositories, forge: ownerForge }),
    vouchFor: (head) => anchorAudit.vouchFor(head),
  });
  const keepAnchor = async (): Promise<void> => {
    const kept = await anchorAudit.keep().catch((error: unknown) => ({ ok: false, error }) as const);
    if (!kept.ok) ground.log.error({ fault: kept.error }, "the audit trail could not be anchored, or does not fit to its anchors");
  };
  /** What changes something leaves jobs for the server. */
  const changing =
    <Input extends readonly unknown[], Output>(work: (...input: Input) => Promise<Output>) =>
    async (...input: Input): Promise<Output> => {
      await ready();
      return work(...input);
    };
  return {
    store,
    clock,
    ownerForge,
    mirror,
    owner,
    offline,
    notifications,
    repositories,
    decide: changing(async ({ id, verdict, surface, digest, targetVersion }) => {
      const decided = await sign({ requestId: id, verdict, surface, shownDigest: digest, shownTargetVersion: targetVersion });
      if (decided.ok) await keepAnchor();
      return decided;
    }),
    edit: changing(async ({ id, argumentsText, surface, digest }) => {
      const edited = await editRequest({ requestId: id, argumentsText, surface, shownDigest: digest });
      if (edited.ok) await keepAnchor();
      return edited;
    }),
    ...shownRequests({ ...ground, owner }),
    allowances: createOwnerAllowances({ ...ground, keepAnchor }),
    rules: createOwnerRules({ ...ground, owner, keepAnchor }),
    previewTransition: createPreviewTransition(transitions),
    applyTransition: createApplyTransition(transitions),
    noteRun: (id, text) => createSendNote(ground)(id, owner, text),
    parkRun: changing((id) => createParkRun({ store, clock })(id, owner)),
    // Whoever starts an attempt hands out its token, and what those are made of does not leave the server.
    resumeRun: async () =>
      err({
        type: "run.resumed-by-server-only",
        message: "A held run is let go of on the server.",
        remedy: "Let go of it where the server runs, or cancel it.",
      }),
    cancelRun: changing((id, reason) => createCancelRun({ store, clock })(id, owner, reason)),
    pauseAll: changing((reason) => createPauseAll(ground)(owner, reason)),
    restoreAll: changing(() => createRestoreAll(ground)(owner)),
    setBudgets: changing((budgets) => createSetBudgets({ store, clock })(owner, budgets)),
    setWipLimits: (repository, changes) => createSetWipLimits({ store, clock })(repository, owner, changes),
    signingKey: { person: signer.person, keyId: signer.keyId, place: ground.keyPlace },
    verifyAudit,
    anchorAudit: createPublishAnchor({ verifyAudit, anchors, ownerForge, repositories }),
    replayDecision: createReplayDecision({ store, hasher, signatures }),
    exportAudit: createExportAudit({ store, hasher, clock, signer }),
    connection: () => connectionOf(ground, repositories),
    ...repositoryLooks({ ...ground, ownerForge: ground.askedForge }),
    doctor: () => checks(ground),
  };
}

/** Documents that each stage has left on the default branch. */
function presentArtifacts({ mirror, ownerForge }: ServerHostGround) {
  return async (repository: RepositoryName, issue: number): Promise<ReadonlyMap<StageName, readonly string[]>> => {
    const { defaultBranch } = await ownerForge.repository(repository);
    const tip = await mirror.fetch(repository, defaultBranch);
    const found = tip
      ? await Promise.all(allStages.map(async (stage) => [stage, await documentTypesPresent(mirror, repository, tip, issue, stage)] as const))
      : [];
    return new Map(found);
  };
}

/** Says what is known, though nothing may answer: what stands over every window must not wait for a network. */
async function connectionOf(ground: ServerHostGround, repositories: () => Promise<readonly RepositoryName[]>): Promise<ConnectionState> {
  const { ownerForge, clock, signer, server, version } = ground;
  const identity = ownerForge.identity().then(
    (login): ConnectionState["forge"] => ({ state: "live", detail: `signed in as ${login}` }),
    (error: unknown): ConnectionState["forge"] => ({ state: "offline", detail: error instanceof Error ? error.message : String(error) }),
  );
  const late = new Promise<ConnectionState["forge"]>((resolve) => {
    const cancel = clock.after(forgePatience, () => resolve({ state: "offline", detail: `no answer within ${forgePatience / 1_000} s` }));
    void identity.finally(cancel);
  });
  // The link says that the database is away, and since when.
  const names = await repositories().catch((): readonly RepositoryName[] => []);
  const forge = await Promise.race([identity, late]);
  return { mode: "server", forge, database: { state: "live", detail: server }, repositories: [...names], signsAs: signer.person, version };
}

const forgePatience = 3_000;

/** What can be looked at from here; the server's own doctor runs where the server does. */
async function checks({ store, ownerForge, server, signer, signingKey }: ServerHostGround): Promise<Check[]> {
  const look = async (id: string, title: string, remedy: string, looked: () => Promise<string>): Promise<Check> =>
    looked().then(
      (detail) => ({ id, title, status: "pass", detail }),
      (error: unknown) => ({ id, title, status: "fail", detail: error instanceof Error ? error.message : String(error), remedy }),
    );
  return Promise.all([
    look("database", "Database", "Check that the server's PostgreSQL runs, and SIGNALBOX_DATABASE_URL.", async () => {
      await store.transaction((tx) => tx.settings.get("health"));
      return server;
    }),
    look("forge", "GitHub", "Check SIGNALBOX_GITHUB_URL and SIGNALBOX_OWNER_GITHUB_TOKEN.", async () => `signed in as ${await ownerForge.identity()}`),
    look("key", "Signing key", "Run signalbox --server init-keys.", async () => `${signer.person} (${signer.keyId}), ${signingKey}`),
  ]);
}
