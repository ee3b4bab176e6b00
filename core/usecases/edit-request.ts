import type { DecisionRequest, EditContent, Surface } from "../domain/decision/decision.ts";
import { editText } from "../domain/decision/digest.ts";
import { decide } from "../domain/decision/machine.ts";
import { jsonFaultText } from "../domain/kernel/json-fault-text.ts";
import { err, type Result } from "../domain/kernel/result.ts";
import { readStrictJson } from "../domain/kernel/strict-json.ts";
import type { PersonId, RequestId } from "../domain/kernel/values.ts";
import type { DecisionSigner, SignatureVerifier } from "../ports/crypto.ts";
import { completeArguments, invalid, type CompleteArgumentsDependencies } from "./complete-arguments.ts";
import type { EditError, SignedEdit } from "./replace-request.ts";
import { isAsAsked } from "./verify-decision.ts";

export interface EditRequestDependencies extends CompleteArgumentsDependencies {
  readonly signatures: SignatureVerifier;
  /** Lives in the owner's own process only. */
  readonly signer: DecisionSigner;
  /** {@link createReplaceRequest}, here or behind the wire. */
  readonly replaceRequest: (signed: SignedEdit) => Promise<Result<DecisionRequest, EditError>>;
}

export interface EditInput {
  readonly requestId: RequestId;
  /** JSON as the person wrote it: of a value that was parsed elsewhere nobody knows what it was read from. */
  readonly argumentsText: string;
  readonly surface: Surface;
  /** The digest of what was shown. */
  readonly shownDigest: string;
}

/**
 * Edits as the owner: reads the request, makes sure that it is the one that was shown, reads the text strictly, completes and canonicalises the arguments like the agent's, signs them, and
 * hands the edit in. Nothing is approved by it.
 *
 * @returns the request that stands in the old one's place, or why there is none; then nothing was changed.
 */
export function createEditRequest(deps: EditRequestDependencies) {
  return async function editRequest(input: EditInput): Promise<Result<DecisionRequest, EditError>> {
    const { request, run, history } = await deps.store.transaction(async (tx) => {
      const found = await tx.requests.get(input.requestId);
      return { request: found, run: found && (await tx.runs.get(found.runId)), history: await tx.flow.bySubject(`request:${input.requestId}`) };
    });
    if (!request || !run) return err({ type: "decision.no-such-request" });
    const by = deps.signer.person as PersonId;
    // Whoever comes too late learns why before the text is looked at; what is handed in is judged again.
    const command = { type: "edit", instead: request.id, digest: input.shownDigest as DecisionRequest["digest"] } as const;
    const judged = decide(request, command, { now: deps.clock.now(), actor: { type: "person", id: by } });
    if (!judged.ok && judged.error.type !== "decision.edited") return judged;
    if (request.state.phase === "requested" && !isAsAsked(deps, request, history)) return err({ type: "decision.tampered" });
    const read = readStrictJson(input.argumentsText);
    if (!read.ok) return err(invalid(`Line ${read.error.line}, column ${read.error.column}: ${jsonFaultText(read.error)}`));
    const completed = await completeArguments(deps, request, run, read.value);
    if (!completed.ok) return completed;
    const content: EditContent = {
      requestId: request.id,
      digest: request.digest,
      tool: request.tool,
      arguments: completed.value.resolved,
      by,
      surface: input.surface,
      at: deps.clock.now(),
    };
    return deps.replaceRequest(signEdit(deps.signer, content));
  };
}

/** Signs exactly this edit. */
export function signEdit(signer: DecisionSigner, content: EditContent): SignedEdit {
  return { content, keyId: signer.keyId, signature: signer.sign(editText(content)) };
}

export type EditRequest = ReturnType<typeof createEditRequest>;
