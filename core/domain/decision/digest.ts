import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Digest, Instant, JsonObject, PersonId, RepositoryName, RunId, TargetVersion } from "../kernel/values.ts";
import type { Decision, DecisionRequest, EditContent, EffectPreview, RequestEdit, Risk, SignedContent, Surface, Verdict } from "./decision.ts";

/**
 * What a request's digest binds: the call as it will be executed, by whom, on which state of the target, until when, and the card that says so. Whoever edits the card in the
 * database has changed what was asked. Nothing an agent wrote about the call is part of it.
 */
export interface BoundContent {
  readonly tool: string;
  readonly toolVersion: number;
  readonly arguments: JsonObject;
  readonly repository: RepositoryName;
  readonly runId: RunId;
  readonly targetVersion: TargetVersion;
  readonly expiresAt: Instant;
  readonly issue: number;
  readonly summary: string;
  readonly effect: EffectPreview;
  readonly rule: string;
  readonly risk: Risk;
  readonly edit?: RequestEdit | undefined;
}

/** The digest's content of a request or of one that is being made. */
export function requestContent(request: BoundContent): JsonObject {
  const { tool, toolVersion, repository, runId, targetVersion, expiresAt, issue, summary, rule, risk, edit } = request;
  // What nobody has edited is bound as it was before there were edits.
  const edited = edit === undefined ? {} : { edit: edit as unknown as JsonObject };
  const card = { issue, summary, effect: request.effect as unknown as JsonObject, rule, risk, ...edited };
  return { tool, toolVersion, arguments: request.arguments, repository, runId, targetVersion, expiresAt, card };
}

/** The text whose SHA-256 is `DecisionRequest.digest`. */
export function requestText(request: BoundContent): string {
  return canonicalJson(requestContent(request));
}

/** What the owner's key signs for a request: everything that makes the decision what it is. */
export function signedContent(
  request: DecisionRequest,
  decision: { readonly verdict: Verdict; readonly by: PersonId; readonly surface: Surface; readonly at: Instant },
): SignedContent {
  return {
    requestId: request.id,
    digest: request.digest,
    targetVersion: request.targetVersion,
    expiresAt: request.expiresAt,
    verdict: decision.verdict,
    by: decision.by,
    surface: decision.surface,
    at: decision.at,
  };
}

/** The text that is signed and verified: the canonical form of exactly the members of {@link SignedContent}, whatever else the value carries. */
export function signedText(content: SignedContent): string {
  const { requestId, digest, targetVersion, expiresAt, verdict, by, surface, at } = content;
  return canonicalJson({ requestId, digest, targetVersion, expiresAt, verdict: verdictContent(verdict), by, surface, at });
}

/** The signed text of a stored decision, for whoever verifies it again. */
export function decisionText(request: DecisionRequest, decision: Decision): string {
  return signedText(signedContent(request, decision));
}

/** The text that whoever edits a request signs. Its one member keeps it apart from every signature of a decision. */
export function editText({ requestId, digest, tool, arguments: given, by, surface, at }: EditContent): string {
  return canonicalJson({ edit: { requestId, digest, tool, arguments: given, by, surface, at } });
}

/** What was signed when a request was edited, for whoever verifies it again: what was shown, and the arguments that the request has. */
export function editContent(request: Pick<DecisionRequest, "tool" | "arguments">, { of, shown, by, surface, at }: RequestEdit): EditContent {
  return { requestId: of, digest: shown, tool: request.tool, arguments: request.arguments, by, surface, at };
}

/** Whether the request still says what its digest binds. A row that was edited by hand fails here. */
export function digestHolds(request: DecisionRequest, sha256: (text: string) => Digest): boolean {
  return sha256(requestText(request)) === request.digest;
}

function verdictContent(verdict: Verdict): JsonObject {
  return Object.fromEntries(Object.entries(verdict).filter(([, value]) => value !== undefined));
}
