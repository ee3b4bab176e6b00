import { allowanceRule, type Allowance, type AllowanceState } from "../domain/allowance/allowance.ts";
import { termsFault } from "../domain/allowance/ceiling.ts";
import { allowanceStart, evolveAllowance, type AllowanceEvent } from "../domain/allowance/machine.ts";
import { allowanceText } from "../domain/allowance/text.ts";
import type { FlowEvent, NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { CorrelationId, Digest, JsonObject } from "../domain/kernel/values.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";

export interface AllowanceVerifierDependencies {
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
}

/** Why a stored allowance cannot be trusted. None of these happens without somebody writing to the database by hand. */
export type UntrustedAllowance =
  /** Not signed, as it stands, by a trusted key of the person it names. */
  | "signature-invalid"
  /** The trail does not say that the owner ever signed this here. */
  | "never-signed"
  /** It says what no allowance may say, whoever signed it. */
  | "beyond-ceiling";

const moving: readonly string[] = ["allowance.used", "allowance.expired", "allowance.revoked"] satisfies readonly AllowanceEvent["type"][];

/**
 * Checks an allowance as if nobody had done so before: the signature over everything that it says, the ceiling of its tool, and that the trail knows exactly this one. Whoever can write to the
 * database can make it neither wider nor longer.
 */
export function allowanceFault(
  deps: AllowanceVerifierDependencies,
  { content, keyId, signature }: Allowance,
  history: readonly FlowEvent[],
): UntrustedAllowance | undefined {
  try {
    const text = allowanceText(content);
    if (!deps.signatures.verify(text, signature, keyId, content.by)) return "signature-invalid";
    const digest = deps.hasher.sha256(text);
    if (!history.some((event) => event.type === "allowance.signed" && event.payload["digest"] === digest)) return "never-signed";
    return termsFault(content) ? "beyond-ceiling" : undefined;
  } catch {
    // A row edited by hand may hold values that have no canonical form at all. Nobody signed those.
    return "signature-invalid";
  }
}

/** What has become of an allowance, as the trail tells it. */
export function allowanceState({ content }: Allowance, history: readonly FlowEvent[]): AllowanceState {
  return history
    .filter((event) => moving.includes(event.type))
    .map((event) => ({ ...event.payload, type: event.type, at: event.at }) as unknown as AllowanceEvent)
    .reduce<AllowanceState>((state, event) => evolveAllowance(content, state, event), allowanceStart);
}

export function allowanceSubject(id: string): string {
  // The name of a rule of calls as well: who finds one has found the other.
  return allowanceRule(id);
}

/** An event about an allowance. It stands under the correlation of its own, not of a run: it outlives the run that it was made for. */
export function allowanceFlowEvent(
  id: string,
  type: string,
  payload: JsonObject,
  { at, actor, correlationId }: Pick<NewFlowEvent, "at" | "actor"> & { readonly correlationId?: CorrelationId | undefined },
): NewFlowEvent {
  return { correlationId: correlationId ?? (allowanceSubject(id) as CorrelationId), actor, type, subject: allowanceSubject(id), payload, at };
}

export function allowanceDigest(hasher: Hasher, { content }: Pick<Allowance, "content">): Digest {
  return hasher.sha256(allowanceText(content));
}
