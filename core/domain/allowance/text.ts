import { canonicalJson } from "../kernel/canonical-json.ts";
import type { JsonObject } from "../kernel/values.ts";
import type { AllowanceContent } from "./allowance.ts";

/**
 * The text that is signed and verified: the canonical form of exactly the members of {@link AllowanceContent}, whatever else the value carries. `purpose` keeps it apart from everything
 * else that the same key signs.
 */
export function allowanceText(content: AllowanceContent): string {
  const { id, tool, toolVersion, repository, scope, varying, rule, requestId, requestDigest, limit, expiresAt, by, surface, at } = content;
  const signed = { id, tool, toolVersion, repository, rule, requestId, requestDigest, limit, expiresAt, by, surface, at };
  return canonicalJson({ purpose: "allowance", ...signed, scope: scope as unknown as JsonObject, arguments: content.arguments, varying });
}
