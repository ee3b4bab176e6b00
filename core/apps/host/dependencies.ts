import type { Check, ConnectionState } from "../../contract/connection.ts";
import type { KeptIn, OwnServerState } from "../../contract/own-server.ts";
import type { FlowEvent } from "../../domain/audit/flow-event.ts";
import type { DecisionRequest, Surface, Verdict } from "../../domain/decision/decision.ts";
import type { Budgets } from "../../domain/hold/budget.ts";
import type { Result } from "../../domain/kernel/result.ts";
import type { Instant, RepositoryName, RequestId, RunId } from "../../domain/kernel/values.ts";
import type { ModelProfile } from "../../domain/run/run.ts";
import type { WipLimitChanges } from "../../domain/stage/wip-limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TrustedSigner } from "../../ports/crypto.ts";
import type { Forge } from "../../ports/forge.ts";
import type { NotificationKeeper } from "../../ports/notification-keeper.ts";
import type { RepositoryMirror } from "../../ports/repository-mirror.ts";
import type { Store } from "../../ports/store.ts";
import type { AuditVerification } from "../../usecases/verify-audit.ts";
import type { PublishedAnchor } from "../../usecases/publish-anchor.ts";
import type { ListLabels } from "../../usecases/list-labels.ts";
import type { ListRights } from "../../usecases/list-rights.ts";
import type { PreflightRepository } from "../../usecases/preflight-repository.ts";
import type { ReplayedDecision } from "../../usecases/replay-decision.ts";
import type { createApplyTransition, createPreviewTransition } from "../../usecases/preview-transition.ts";
import type { OwnerAllowances } from "../../usecases/owner-allowances.ts";
import type { OwnerRules } from "../../usecases/owner-rules.ts";
import type { HostOffline } from "./offline/offline.ts";

/** A refusal of a use case: its tagged type, and whatever it carries. */
export type Refusal = { readonly type: string };

export interface DecideInput {
  readonly id: RequestId;
  readonly verdict: Verdict;
  readonly surface: Surface;
  /** What the surface showed; the current ones when absent. */
  readonly digest?: string | undefined;
  readonly targetVersion?: string | undefined;
}

export interface EditInput {
  readonly id: RequestId;
  /** JSON as the owner wrote it. */
  readonly argumentsText: string;
  readonly surface: Surface;
  /** What the surface showed. */
  readonly digest: string;
}

/** Where the key lies that signs here, and how the owner moves it. */
export interface SigningKeyPlace {
  /** Whether a keyring can be reached from here. */
  readonly canSeal: boolean;
  readonly isSealed: () => Promise<boolean>;
  /** @throws InfrastructureError with what to do; then the key is where it was. */
  readonly seal: () => Promise<void>;
  readonly unseal: () => Promise<void>;
}

/** What leads to a server of the owner's own: the database's address with its password, the forge, and the owner's token there. */
export interface OwnConnection {
  readonly database: string;
  readonly forge: string;
  readonly token: string;
}

/** How this machine is connected to a server. What throws, throws InfrastructureError with what to do, and leaves what was there. */
export interface OwnServer {
  readonly state: () => Promise<OwnServerState>;
  readonly checkDatabase: (address: string) => Promise<{ readonly checks: readonly Check[]; readonly repositories: readonly RepositoryName[] }>;
  readonly checkForge: (
    address: string,
    token: string,
    repositories: readonly RepositoryName[],
  ) => Promise<{ readonly checks: readonly Check[]; readonly login?: string }>;
  readonly makeKey: (person: string) => Promise<void>;
  readonly keep: (connection: OwnConnection, keptIn: KeptIn) => Promise<void>;
  readonly forget: () => Promise<void>;
  /** Opens the server's window beside this one; absent where there is no desktop. */
  readonly open?: (() => void) | undefined;
}

/** What the host is composed of. It holds the owner's own forge credential and signing key: it runs on the owner's machine. */
export interface HostDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ownerForge: Forge;
  readonly mirror: Pick<RepositoryMirror, "readFile" | "fetch" | "fileVersions">;
  readonly decide: (input: DecideInput) => Promise<Result<unknown, Refusal>>;
  /** Puts a request with other arguments in the place of one that waits. @returns the new one. */
  readonly edit: (input: EditInput) => Promise<Result<DecisionRequest, Refusal>>;
  /** Whether the decision stored in a request verifies with a trusted key. */
  readonly verifies: (request: DecisionRequest) => boolean;
  /** Whether a waiting request is what was asked: its digest holds, and the trail knows it. */
  readonly isAsAsked: (request: DecisionRequest, history: readonly FlowEvent[]) => boolean;
  /** Puts a request away for the owner who sits here, and takes it out again. */
  readonly snooze: (id: RequestId, until: Instant | undefined) => Promise<Result<unknown, Refusal>>;
  readonly wake: (id: RequestId) => Promise<Result<unknown, Refusal>>;
  /** What the owner allows beforehand. */
  readonly allowances: OwnerAllowances;
  /** What the approval matrix is, and what the owner makes of it. */
  readonly rules: OwnerRules;
  readonly previewTransition: ReturnType<typeof createPreviewTransition>;
  readonly applyTransition: ReturnType<typeof createApplyTransition>;
  readonly noteRun: (id: RunId, text: string) => Promise<Result<unknown, Refusal>>;
  readonly parkRun: (id: RunId) => Promise<Result<unknown, Refusal>>;
  readonly resumeRun: (id: RunId) => Promise<Result<unknown, Refusal>>;
  readonly cancelRun: (id: RunId, reason: string) => Promise<Result<unknown, Refusal>>;
  /** Stops everything, and lets go of it again. Where agents run, what that means for each run has begun when these resolve. */
  readonly pauseAll: (reason?: string) => Promise<unknown>;
  readonly restoreAll: () => Promise<unknown>;
  readonly setBudgets: (budgets: Budgets) => Promise<unknown>;
  readonly setWipLimits: (repository: RepositoryName, changes: WipLimitChanges) => Promise<Result<unknown, Refusal>>;
  readonly signingKey: { readonly person: string; readonly keyId: string; readonly place: SigningKeyPlace };
  /** Public keys whose decisions count here, as they were read when the host started, and where from. */
  readonly trusted: { readonly signers: readonly Pick<TrustedSigner, "person" | "keyId">[]; readonly from: string };
  /** Who has which right on a repository, of those that matter. */
  readonly listRights: ListRights;
  /** What runs use whose labels choose nothing else; absent where only the server knows it. */
  readonly defaultModel?: (ModelProfile & { readonly isScripted: boolean }) | undefined;
  /** What the owner is told of on this machine. */
  readonly notifications: NotificationKeeper;
  readonly verifyAudit: (options?: { readonly tags?: boolean | undefined }) => Promise<AuditVerification>;
  /** Vouches for the end of the chain in the owner's file and by tags in these repositories; all of the workspace when absent. */
  readonly anchorAudit: (repository?: RepositoryName) => Promise<Result<PublishedAnchor, Refusal>>;
  readonly replayDecision: (id: RequestId) => Promise<ReplayedDecision | undefined>;
  readonly exportAudit: (format: "jsonl" | "csv") => AsyncIterable<string>;
  readonly connection: () => Promise<ConnectionState>;
  readonly doctor: () => Promise<Check[]>;
  /** Looks whether a repository has what Signalbox needs of it. */
  readonly preflight: PreflightRepository;
  /** Every label that means something there, as the forge has it now. */
  readonly listLabels: ListLabels;
  /** Login of the owner who sits at this host. */
  readonly owner: string;
  /** Only in the rehearsal workspace: brings a local git repository in, and has a sample. */
  readonly rehearsal?:
    | {
        readonly addLocal: (path: string) => Promise<RepositoryName>;
        readonly sample: RepositoryName;
        readonly sampleIssue: () => Promise<{ title: string; body: string; issue?: number }>;
      }
    | undefined;
  /** Only in the rehearsal workspace: the way to a server. */
  readonly ownServer?: OwnServer | undefined;
  readonly repositories: () => Promise<readonly RepositoryName[]>;
  /** Copy and drafts of this machine, and how the database is; then `store` is a {@link linkedStore}. Absent where nothing is kept. */
  readonly offline?: HostOffline | undefined;
}
