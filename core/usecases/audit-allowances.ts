import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { AuditedAllowance } from "../ports/store.ts";
import type { AuditProblem } from "./audit-request.ts";
import { allowanceFault, allowanceState, allowanceSubject, type UntrustedAllowance } from "./verify-allowance.ts";

const rewritten = "Compare with a copy of the database from before, and find out who can write to it. Take the row out: its calls are asked again.";

const messages: Readonly<Record<UntrustedAllowance, string>> = {
  "signature-invalid": "This allowance is not signed, as it stands, by a trusted key of the person it names. It was not followed.",
  "never-signed": "The trail does not say that this allowance was ever signed here. It was not followed.",
  "beyond-ceiling": "This allowance says what none may say, whoever has signed it. It was not followed.",
};

/** What is wrong with one allowance: with its proof, or with how often it was used. */
export function auditAllowance(deps: { readonly hasher: Hasher; readonly signatures: SignatureVerifier }, audited: AuditedAllowance): readonly AuditProblem[] {
  const { id, allowance, history } = audited;
  const report = (type: string, message: string): AuditProblem => ({ type, subject: allowanceSubject(id), message, remedy: rewritten });
  if (id !== allowance.content.id) return [report("allowance.rewritten", "This row holds another allowance than the one of its name.")];
  const fault = allowanceFault(deps, allowance, history);
  if (fault) return [report(fault === "signature-invalid" ? "allowance.bad-signature" : `allowance.${fault}`, messages[fault])];
  const used = allowanceState(allowance, history).calls.length;
  return used > allowance.content.limit ? [report("allowance.overused", `It let ${used} calls through, and was signed for ${allowance.content.limit}.`)] : [];
}
