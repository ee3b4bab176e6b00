import { builtInRules } from "../domain/rule/evaluate.ts";
import type { CallFacts } from "../domain/rule/rule.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { revealHidden } from "../domain/kernel/hidden-characters.ts";
import { labelNames, type LabelNames } from "../domain/label/names.ts";
import { isToolName } from "../domain/tool/tool.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { PastCall } from "../ports/rules.ts";
import { toolbox } from "./tools/toolbox.ts";

/**
 * The facts of an old call, computed again by its tool from the arguments that were judged. Which labels started something then is not stored: it is taken from how the call came out, since a
 * trigger label always asks and is of high risk; where that does not say it, both stand there.
 *
 * @returns every way in which it may have been; none where the row is not the call that was made, or its tool is gone.
 */
export function pastFacts(hasher: Hasher, call: PastCall): readonly CallFacts[] {
  const { tool } = call;
  const isAsMade = orNothing(() => hasher.sha256(canonicalJson(call.arguments))) === call.digest;
  const facts = isToolName(tool) && isAsMade ? orNothing(() => toolbox[tool].facts({ run: call.run, labels: usualLabels }, call.arguments)) : undefined;
  return facts ? triggersOf(call).map((triggerLabel) => ({ ...facts, triggerLabel })) : [];
}

/** What the call was to do, in a sentence with the agent's words in it; its tool's name where that cannot be said. */
export function pastSummary({ tool, arguments: given }: PastCall): string {
  return (isToolName(tool) ? orNothing(() => revealHidden(toolbox[tool].summary(given))) : undefined) ?? tool;
}

/** No tool but this one has to do with labels. */
function triggersOf({ tool, outcome, rule, risk }: PastCall): readonly boolean[] {
  if (tool !== "github_request_label" || outcome === "auto") return [false];
  if (rule === builtInRules.triggerLabel) return [true];
  return risk === undefined ? [true, false] : [risk === "high"];
}

/** Rows edited by hand, and arguments as an older tool had them, may be anything. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Tools want names; what they make of them is not used. */
const usualLabels: LabelNames = usual();

function usual(): LabelNames {
  const names = labelNames(new Map());
  if (!names.ok) throw new Error("the usual label names do not fit together");
  return names.value;
}
