import type { EffectPreview, Risk } from "../../domain/decision/decision.ts";
import type { Result } from "../../domain/kernel/result.ts";
import type { JsonObject, TargetVersion } from "../../domain/kernel/values.ts";
import type { LabelNames } from "../../domain/label/names.ts";
import type { CallFacts } from "../../domain/rule/rule.ts";
import type { Run } from "../../domain/run/run.ts";
import type { ToolName } from "../../domain/tool/tool.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Hasher, Randomness } from "../../ports/crypto.ts";
import type { DocumentCodec } from "../../ports/document-codec.ts";
import type { Forge } from "../../ports/forge.ts";
import type { RepositoryMirror } from "../../ports/repository-mirror.ts";
import type { Store } from "../../ports/store.ts";

/** What tools work with. `forge` is the bot's: whatever a tool does, the bot did it for the run. */
export interface ToolDependencies {
  readonly store: Store;
  readonly forge: Forge;
  readonly mirror: RepositoryMirror;
  readonly documents: DocumentCodec;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly random: Randomness;
}

/** One call in its surroundings. The run is read afresh for every call. */
export interface ToolContext {
  readonly run: Run;
  readonly attempt: number;
  readonly labels: LabelNames;
  readonly deps: ToolDependencies;
}

/** What the facts of a call are computed from, besides its arguments: all of it is known of old calls as well. */
export interface FactContext {
  readonly run: Pick<Run, "issue" | "pull" | "branch" | "baseBranch">;
  readonly labels: LabelNames;
}

/** Why a call cannot be made as it stands; nothing happened. The agent reads the message and can do better. */
export interface ToolRefusal {
  readonly type: "tool.refused";
  readonly message: string;
}

/** What a tool brings back: a sentence and its data. */
export interface ToolOutcome {
  readonly message: string;
  readonly [data: string]: JsonObject[string];
}

/** A governed tool. `Arguments` are the resolved ones: exactly what is shown, signed and executed. */
export interface Tool<Arguments extends object = JsonObject> {
  readonly name: ToolName;
  /** Part of a decision's digest. */
  readonly version: number;
  /** It changes the forge or asks the owner: once per run and arguments, with a probe after a crash. */
  readonly effectful: boolean;
  readonly risk: Risk;
  /** Completes validated arguments with what the run determines (branch, pull request), so that nothing is left open at execution. Reads only. */
  resolve(context: ToolContext, given: JsonObject): Promise<Result<Arguments, ToolRefusal>>;
  facts(context: FactContext, resolved: Arguments): CallFacts;
  /** One plain sentence for the owner. */
  summary(resolved: Arguments): string;
  /** The agent's words on why, where the tool has such an argument. */
  rationale?(resolved: Arguments): string | undefined;
  /** The exact effect on the target as it is now. */
  preview(context: ToolContext, resolved: Arguments): Promise<EffectPreview>;
  /** The state of the target that the decision is about. */
  targetVersion(context: ToolContext, resolved: Arguments): Promise<TargetVersion>;
  /** Whether the effect is there already, by looking at reality: its outcome, or undefined. `key` marks effects that leave no other trace. */
  probe(context: ToolContext, resolved: Arguments, key: string): Promise<ToolOutcome | undefined>;
  /** @throws InfrastructureError when the outside world fails; then only {@link probe} knows whether the effect happened. */
  perform(context: ToolContext, resolved: Arguments, key: string): Promise<ToolOutcome>;
}

export function refuse(message: string): { readonly ok: false; readonly error: ToolRefusal } {
  return { ok: false, error: { type: "tool.refused", message } };
}

/** The trace that an effect leaves in a text on the forge. Invisible when rendered. */
export function effectMarker(key: string): string {
  return `<!-- signalbox:effect:${key} -->`;
}

/** An agent's text must not carry marks of ours: with them it could pass its comment off as the status comment or as another effect. So its HTML comments are all marked as its own. */
export function withoutMarkers(text: string): string {
  return text.replaceAll(/<!--(?!\s*agent:)/g, "<!-- agent:");
}
