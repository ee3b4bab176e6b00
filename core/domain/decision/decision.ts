import type { DocumentNote } from "../document/document-verdict.ts";
import type { CorrelationId, Digest, Instant, JsonObject, PersonId, RepositoryName, RequestId, RunId, TargetVersion } from "../kernel/values.ts";

/** What kind of card it is: one tool call to allow, a question to answer, a stage's end to judge, or a changed document to judge. */
export type RequestKind = "tool" | "question" | "gate" | "document";

/** What the owner is asked to allow or to say: one effect with exactly these arguments on exactly this target. */
export interface DecisionRequest {
  readonly id: RequestId;
  readonly kind: RequestKind;
  readonly runId: RunId;
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly correlationId: CorrelationId;
  /** Tool name for `tool`, `owner_ask` for `question`, `stage_gate` for `gate`. */
  readonly tool: string;
  /** Version of the tool's schema; part of the digest. */
  readonly toolVersion: number;
  /** Validated arguments, exactly as they will be executed. */
  readonly arguments: JsonObject;
  /**
   * SHA-256 over the RFC 8785 form of {tool, toolVersion, arguments, repository, runId, targetVersion, expiresAt, card: {issue, summary, effect, rule, risk}}: what is executed
   * and what is shown are one thing. Nothing the model wrote as prose about the call is part of it.
   */
  readonly digest: Digest;
  readonly targetVersion: TargetVersion;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  /** One plain sentence made by us from tool and arguments, never by the agent. */
  readonly summary: string;
  /** The agent's words on why; shown marked as such, never bound. */
  readonly rationale?: string | undefined;
  /** What exactly will happen, computed by us before asking. */
  readonly effect: EffectPreview;
  /** Id of the rule that said `ask`. */
  readonly rule: string;
  readonly risk: Risk;
  /** Where a person has changed what an agent asked for: then this request stands in the place of another one. Bound by the digest, like everything on the card. */
  readonly edit?: RequestEdit | undefined;
  readonly state: DecisionState;
}

/** Whose arguments a request has, where they are not the agent's: which request was edited, by whom, and the proof of it. */
export interface RequestEdit {
  /** The request in whose place this one stands. It is superseded. */
  readonly of: RequestId;
  /** Its digest, as it was shown to whoever edited it. */
  readonly shown: Digest;
  /** What the agent called the tool with, before anybody edited anything. */
  readonly asked: JsonObject;
  readonly by: PersonId;
  readonly surface: Surface;
  readonly at: Instant;
  readonly keyId: string;
  /** Ed25519 over the RFC 8785 form of {@link EditContent}, base64url. It allows nothing: the edited request is decided like any other. */
  readonly signature: string;
}

/** Exactly what the signature of an edit covers. `at` is the signer's clock. */
export interface EditContent {
  readonly requestId: RequestId;
  readonly digest: Digest;
  readonly tool: string;
  /** The new ones, completed and in the form in which they would be executed. */
  readonly arguments: JsonObject;
  readonly by: PersonId;
  readonly surface: Surface;
  readonly at: Instant;
}

export type Risk = "low" | "medium" | "high";

/** The effect as it is shown on the card. */
export type EffectPreview =
  | {
      readonly type: "labels";
      readonly target: { readonly kind: "issue" | "pull"; readonly number: number };
      readonly before: readonly string[];
      readonly removed: readonly string[];
      readonly added: readonly string[];
      readonly after: readonly string[];
    }
  | { readonly type: "text"; readonly target: { readonly kind: "issue" | "pull"; readonly number: number }; readonly text: string }
  | { readonly type: "pull"; readonly title: string; readonly body: string; readonly head: string; readonly base: string }
  | { readonly type: "question"; readonly question: string; readonly options: readonly string[] }
  | {
      readonly type: "gate";
      readonly pull?: number | undefined;
      readonly head?: string | undefined;
      /** Somebody has merged or closed it by hand; absent while it is open. */
      readonly pullState?: "merged" | "closed" | undefined;
      /** Whether approving merges the pull request at `head`. */
      readonly merges: boolean;
      readonly labels: {
        readonly before: readonly string[];
        readonly removed: readonly string[];
        readonly added: readonly string[];
        readonly after: readonly string[];
      };
      readonly artifacts: { readonly required: readonly string[]; readonly present: readonly string[]; readonly missing: readonly string[] };
      readonly files: readonly string[];
    }
  | { readonly type: "other"; readonly description: string };

export type Surface = "desktop" | "command-line" | "http" | "telegram";

/** What was decided. `approve` of a question takes its first (recommended) option. */
export type Verdict =
  /** `proceed: false` (gates): accept the artifacts, but do not start the next stage. */
  | { readonly type: "approve"; readonly proceed?: boolean | undefined }
  | { readonly type: "deny"; readonly reason: string }
  | { readonly type: "answer"; readonly text: string; readonly option?: number | undefined }
  /** `comments` become review threads on lines of the pull request; each must be answered by the revise. `documents` stand in the review's text. */
  | {
      readonly type: "request_changes";
      readonly comment: string;
      readonly comments?: readonly ReviewNote[] | undefined;
      readonly documents?: readonly DocumentNote[] | undefined;
    }
  | { readonly type: "ask"; readonly question: string }
  | { readonly type: "abort"; readonly reason: string };

export interface ReviewNote {
  readonly path: string;
  /** 1-based line in the file at the shown head. */
  readonly line: number;
  readonly body: string;
}

/** A decision with its proof. */
export interface Decision {
  readonly verdict: Verdict;
  readonly by: PersonId;
  readonly surface: Surface;
  readonly at: Instant;
  /** Id of the public key that verifies `signature`. */
  readonly keyId: string;
  /** Ed25519 over the RFC 8785 form of `SignedContent`, base64url. */
  readonly signature: string;
}

/** Exactly what a signature covers. `at` is the signer's clock. */
export interface SignedContent {
  readonly requestId: RequestId;
  readonly digest: Digest;
  readonly targetVersion: TargetVersion;
  readonly expiresAt: Instant;
  readonly verdict: Verdict;
  readonly by: PersonId;
  readonly surface: Surface;
  readonly at: Instant;
}

/**
 * The life of a request. Every phase carries what is true in it and nothing else. A decided request is executed whatever the verdict: an approval performs the
 * effect, a denial or an answer is brought to the agent; `executed` means that its consequence has happened.
 *
 *   requested ──decide──► decided ──begin──► executing ──complete──► executed
 *     │ │ │                  │                   └──────fail───────► failed
 *     │ │ └─target moved─► stale ◄─target moved──┘(decided only)
 *     │ └───deadline─────► expired ◄─deadline─────┘(decided, and still to change something at its target)
 *     ├─────supersede────► superseded ◄───────────┘(decided only; the run ended, or a newer request took its place)
 *     └─────edit─────────► superseded, with the request that stands in its place (tool calls only)
 */
export type DecisionState =
  | { readonly phase: "requested" }
  | { readonly phase: "decided"; readonly decision: Decision }
  | { readonly phase: "executing"; readonly decision: Decision; readonly startedAt: Instant }
  | { readonly phase: "executed"; readonly decision: Decision; readonly executedAt: Instant; readonly result: JsonObject }
  | { readonly phase: "failed"; readonly decision: Decision; readonly at: Instant; readonly reason: string }
  | { readonly phase: "stale"; readonly seen: TargetVersion; readonly current: TargetVersion; readonly at: Instant }
  | { readonly phase: "expired"; readonly at: Instant }
  /** `instead`: a person has edited it, and this request stands in its place. */
  | { readonly phase: "superseded"; readonly at: Instant; readonly reason: string; readonly instead?: RequestId | undefined };

export type DecisionPhase = DecisionState["phase"];

export const finalDecisionPhases = ["executed", "failed", "stale", "expired", "superseded"] as const satisfies readonly DecisionPhase[];
