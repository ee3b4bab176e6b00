import type { Actor } from "../domain/audit/flow-event.ts";
import type { JsonObject } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { checkWriteScope, describeScope } from "../domain/run/write-scope.ts";
import type { Clock } from "../ports/clock.ts";
import { outgoingProblems } from "../domain/tool/outgoing-text.ts";
import type { ProposedPush, PushedCommit, PushGuard, PushVerdict } from "../ports/push-guard.ts";
import type { Store } from "../ports/store.ts";
import { beginPush, settlePushed } from "./settle-push.ts";

export interface AcceptPushDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

const listed = 50;

/**
 * Judges the pushes of one attempt of a run: its own branch and nothing else, never rewritten or deleted, and only paths in the write scope of its stage and role. It is
 * enforced on what the commits really change, where the agent cannot reach. Every push leaves a trace, refused ones too.
 */
export function createAcceptPush(deps: AcceptPushDependencies) {
  return function guardFor(run: Run, attempt: number): PushGuard {
    const actor: Actor = { type: "agent", id: run.id };
    const keys = new Map<ProposedPush, string>();
    return {
      base: run.baseBranch,
      check: async (push) => judge(run, push) ?? { allowed: true },
      async forwarding(push) {
        const began = await beginPush(deps, run, attempt, payloadOf(run, push), actor);
        if ("key" in began) keys.set(push, began.key);
        return "key" in began ? { allowed: true } : began;
      },
      accepted: (push) => settlePushed(deps, run, { key: keys.get(push), push: payloadOf(run, push), accepted: true, actor }),
      refused: async (push, reason) => {
        const verdict = judge(run, push);
        const lines = verdict?.allowed === false ? verdict.lines.slice(0, listed) : [];
        const refs = push.updates.map((update) => update.ref);
        await settlePushed(deps, run, { key: keys.get(push), push: { reason, lines, refs }, accepted: false, actor });
      },
    };
  };
}
export type AcceptPush = ReturnType<typeof createAcceptPush>;

/** What is wrong with a push, if anything. */
function judge(run: Run, push: ProposedPush): PushVerdict | undefined {
  if (push.repository !== run.repository) return refuse("another repository", [`This run works on ${run.repository}.`]);
  const [update, ...others] = push.updates;
  if (!update || others.length > 0) return refuse("one branch at a time", [`Push the run's branch ${run.branch} and nothing else.`]);
  if (update.ref !== `refs/heads/${run.branch}`) return refuse("not this run's branch", [`This run may push to ${run.branch} only, not to ${update.ref}.`]);
  if (update.after === undefined) return refuse("branches are not deleted", ["A run does not delete its branch."]);
  if (update.forced) return refuse("history is not rewritten", ["Put new commits on top of what was pushed before; a forced push is not taken."]);
  const wrong = (update.commits ?? []).flatMap((commit) => problemsOfCommit(commit).map((why) => `${commit.sha.slice(0, 12)}: ${why}`));
  if (wrong.length > 0) return refuse("the commits say what is not theirs to say", wrong.slice(0, listed));
  const scope = checkWriteScope(run.stage, run.role, update.changes);
  if (scope.ok) return undefined;
  const lines = scope.error.refused.slice(0, listed).map(({ path, why }) => `${JSON.stringify(path)}: ${why}`);
  const more = scope.error.refused.length > listed ? [`… and ${scope.error.refused.length - listed} more.`] : [];
  return refuse("write scope", [`The stage ${run.stage} (${run.role}) may change ${describeScope(run.stage, run.role)}.`, ...lines, ...more]);
}

/** What a commit may say: that an agent made it, and nothing that a forge acts on when it is merged. */
function problemsOfCommit({ author, committer, message }: PushedCommit): readonly string[] {
  const forged = [author, committer].filter((person) => !/^Signalbox [a-z-]+ agent <[a-z-]+@agents\.signalbox\.invalid>$/.test(person));
  return [
    ...[...new Set(forged)].map((person) => `made in the name of ${JSON.stringify(person)}; a run's commits are made by its agent`),
    ...outgoingProblems(message)
      .filter((problem) => problem.type === "closes")
      .map((problem) => problem.message),
  ];
}

/** What `push.accepted` says of a push. */
function payloadOf(run: Run, push: ProposedPush): JsonObject {
  const [update] = push.updates;
  const files = [...new Set(update?.changes.map((change) => change.path))].toSorted();
  return { branch: run.branch, before: update?.before ?? null, commit: update?.after ?? null, files: files.slice(0, 500), fileCount: files.length };
}

function refuse(reason: string, lines: readonly string[]): { readonly allowed: false; readonly reason: string; readonly lines: readonly string[] } {
  return { allowed: false, reason, lines };
}
