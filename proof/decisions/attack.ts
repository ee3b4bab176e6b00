import type { Decision, DecisionRequest, SignedContent, Verdict } from "../../core/domain/decision/decision.ts";
import { signedText } from "../../core/domain/decision/digest.ts";
import type { BranchName } from "../../core/domain/kernel/values.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { SignedDecision } from "../../core/usecases/answer-request.ts";
import type { DecisionWorld } from "./decision-world.ts";

/** Where the owner sees that something was tried, asked through the host's contract. */
export type Shown =
  | { readonly where: "card"; readonly id: string; readonly text: RegExp }
  | { readonly where: "run"; readonly id: string; readonly text: RegExp }
  /** `audit verify` names the subject with a sentence and a remedy. */
  | { readonly where: "audit"; readonly subject: string; readonly type: string }
  /** What the owner's own door answered: a sentence and a remedy. */
  | { readonly where: "door"; readonly answer: unknown };

/** What an attack left behind. The suite checks it in one way for all of them. */
export interface Evidence {
  /** Flow events that tell of it. */
  readonly recorded: readonly (readonly [subject: string, type: string])[];
  readonly shown: readonly Shown[];
  /** How many writes at the forge are the owner's will all the same: the honest approval among the attacks. Default none. */
  readonly effects?: number | undefined;
}

export type Attack = (world: DecisionWorld) => Promise<Evidence>;
export type Attacks = Readonly<Record<string, Attack>>;

export const approve: Verdict = { type: "approve" };
export const deny: Verdict = { type: "deny", reason: "no" };

/** A run whose agent has asked for a trigger label, and the request that waits. */
export async function waiting(world: DecisionWorld): Promise<{ readonly run: Run; readonly request: DecisionRequest }> {
  const run = await world.newRun();
  return { run, request: await world.askForTrigger(run) };
}

/** A decision with other content than the request's, signed by that person's real key. */
export function resigned(
  world: DecisionWorld,
  request: DecisionRequest,
  content: Partial<SignedContent>,
  person: "olga" | "boris" | "mallory" = "olga",
): SignedDecision {
  const { signer } = world.people[person];
  const signed = { ...world.sign(request, approve, person).content, ...content };
  return { content: signed, keyId: signer.keyId, signature: signer.sign(signedText(signed)) };
}

/** A genuine decision whose content is changed after it was signed. */
export function altered(signed: SignedDecision, content: Partial<SignedContent>): SignedDecision {
  return { ...signed, content: { ...signed.content, ...content } };
}

export function decisionOf({ content, keyId, signature }: SignedDecision): Decision {
  return { verdict: content.verdict, by: content.by, surface: content.surface, at: content.at, keyId, signature };
}

export function decidedState(decision: unknown): object {
  return { phase: "decided", decision };
}

/** What a call that must be refused was refused with; fails when it was not. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.then(
    (value) => ({ taken: value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome) return outcome.error;
  throw new Error(`it was not refused: ${JSON.stringify(outcome.taken)}`);
}

/** An issue as it stands on the forge, to be changed by hand. */
export function issueAt(world: DecisionWorld, number: number): { labels: readonly string[]; state: "open" | "closed" } {
  const issue = world.forge.issues.get(number);
  if (!issue) throw new Error(`there is no issue ${number}`);
  return issue;
}

/** A pull request as it stands on the forge, to be changed by hand. */
export function pullAt(world: DecisionWorld, number: number): { state: "open" | "closed" | "merged"; base: BranchName } {
  const pull = world.forge.pulls.get(number);
  if (!pull) throw new Error(`there is no pull request ${number}`);
  return pull;
}

/** A field of a tool's result, for a message. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "nothing");
}

/** Fails the attack's own step, with words, when the boundary did not hold. */
export function must(holds: boolean, words: string): void {
  if (!holds) throw new Error(words);
}

export function subjectOf({ id }: DecisionRequest): string {
  return `request:${id}`;
}
