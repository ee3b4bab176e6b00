import { endingText } from "../domain/run/ending.ts";
import type { CorrelationId, DeliveryId, JsonObject, RepositoryName } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store, StoredDelivery } from "../ports/store.ts";
import type { AbortIssue } from "./abort-issue.ts";
import type { AdmitRevise } from "./admit-revise.ts";
import type { AdmitOutcome, AdmitRun } from "./admit-run.ts";
import { orchestratorActor } from "./change-run.ts";
import { readSoon } from "./follow-checks.ts";
import type { StaleGate } from "./stale-gate.ts";
import { readWebhookPayload, type WebhookPayload } from "./webhook-payload.ts";

export interface ProcessDeliveryDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly admitRun: AdmitRun;
  readonly admitRevise: AdmitRevise;
  readonly abortIssue: AbortIssue;
  /** Asks a gate anew whose pull request is no longer what its card shows. */
  readonly staleGate: StaleGate;
  /** Whether a label is the trigger of `run:abort`, under the repository's names. */
  readonly isAbort: (payload: WebhookPayload) => Promise<boolean>;
  /** Tries after which a delivery that fails for no reason of the outside world's has failed. */
  readonly tries?: number | undefined;
}

interface Outcome {
  readonly state: "processed" | "ignored" | "failed";
  /** In a sentence, for the owner. */
  readonly text: string;
  readonly detail?: JsonObject | undefined;
}

/**
 * Gives a stored delivery its effect, once. The payload only says where to look: the issue and the pull request are read afresh.
 *
 * @throws what may pass, so that the queue brings the job again, later each time: an outage without an end, anything else a few times. What does not pass is noted on the
 *   delivery as `failed`, and its redelivery by the forge is its next try.
 */
export function createProcessDelivery(deps: ProcessDeliveryDependencies) {
  return async function processDelivery(id: DeliveryId): Promise<Outcome["state"] | "nothing"> {
    const delivery = await deps.store.transaction((tx) => tx.deliveries.get(id));
    if (!delivery || delivery.state !== "received") return "nothing";
    const outcome = await take(deps, delivery).catch((error: unknown) => failure(deps, delivery, error));
    await deps.store.transaction(async (tx) => {
      const current = await tx.deliveries.get(id, { lock: true });
      if (current?.state !== "received") return;
      const at = deps.clock.now();
      await tx.deliveries.finish(id, outcome.state, outcome.text, at);
      await tx.flow.append([
        {
          correlationId: id as string as CorrelationId,
          actor: orchestratorActor,
          type: `delivery.${outcome.state}`,
          subject: `delivery:${id}`,
          payload: { event: delivery.event, outcome: outcome.text, ...outcome.detail },
          at,
        },
      ]);
    });
    return outcome.state;
  };
}
export type ProcessDelivery = ReturnType<typeof createProcessDelivery>;

async function take(deps: ProcessDeliveryDependencies, delivery: StoredDelivery): Promise<Outcome> {
  const payload = readWebhookPayload(delivery.body);
  const { repository } = payload ?? {};
  if (!payload || !repository) return ignored("it names no repository");
  // Before anything is asked of the forge: it may not even let us see what somebody else's hook tells of.
  if (!(await deps.store.transaction((tx) => tx.repositories.get(repository)))) return ignored("the repository is not registered");
  switch (`${delivery.event}.${payload.action ?? ""}`) {
    case "issues.labeled":
      return labelled(deps, delivery, payload);
    case "pull_request_review.submitted":
      return reviewed(deps, delivery, payload);
    case "push.":
      return pushed(deps, delivery, payload);
    case "issue_comment.created":
      return ignored("a comment decides nothing; questions are answered in the inbox");
    case "check_run.created":
    case "check_run.completed":
    case "check_run.rerequested":
    case "status.":
      return checked(deps, delivery, payload);
    case "pull_request.opened":
    case "pull_request.closed":
    case "pull_request.reopened":
    case "pull_request.synchronize":
    case "pull_request.edited":
      return pullMoved(deps, delivery, payload);
    default:
      return ignored(`${delivery.event}${payload.action ? `.${payload.action}` : ""} starts nothing`);
  }
}

async function labelled(deps: ProcessDeliveryDependencies, { id }: StoredDelivery, payload: WebhookPayload): Promise<Outcome> {
  const { repository, issue, label, sender } = payload;
  if (!repository || !issue || !label) return ignored("it names no issue or no label");
  if (issue.isPull) return ignored("labels of pull requests start nothing");
  const trigger = {
    kind: "label",
    repository,
    issue: issue.number,
    label,
    actor: sender ?? "unknown",
    correlationId: id as string as CorrelationId,
    deliveryId: id,
  } as const;
  if (await deps.isAbort(payload)) {
    const ended = await deps.abortIssue({ ...trigger, reason: endingText({ type: "abort-label", label, actor: trigger.actor }) });
    return ended === "label-gone"
      ? ignored("the label is no longer there")
      : { state: "processed", text: "the issue was abandoned", detail: { issue: issue.number } };
  }
  return describe(await deps.admitRun(trigger));
}

async function reviewed(deps: ProcessDeliveryDependencies, { id }: StoredDelivery, payload: WebhookPayload): Promise<Outcome> {
  const { repository, pull, review } = payload;
  if (!repository || !pull || !review) return ignored("it names no review");
  if (review.state.toLowerCase() !== "changes_requested") return ignored("the review asks for no changes");
  return describe(await deps.admitRevise({ repository, pull: pull.number, reviewId: review.id, correlationId: id as string as CorrelationId, deliveryId: id }));
}

/**
 * A gate shows its pull request as it was. When somebody merges, closes or changes it by hand, the card is drawn anew at once, not when somebody decides on it. Another head has other checks, and one
 * that is closed need not be asked for any more.
 */
async function pullMoved(deps: ProcessDeliveryDependencies, { id }: StoredDelivery, { repository, pull, action }: WebhookPayload): Promise<Outcome> {
  if (!repository || !pull) return ignored("it names no pull request");
  const isAskedAnew = await deps.staleGate(repository, pull.number);
  const isRead = action !== "edited" && (await readChecksOf(deps, repository, [pull.number], id));
  if (isAskedAnew) return { state: "processed", text: `the gate of pull request #${pull.number} is asked anew`, detail: { pull: pull.number } };
  if (action === "closed")
    return ignored(pull.merged ? "the push that goes with the merge is what counts" : "a pull request closed without a merge starts nothing");
  return isRead ? checksRead([pull.number]) : ignored("no gate shows another state of the pull request");
}

/** CI has said something of a commit. What it says is read afresh, where the commit may be the head of a run's pull request. */
async function checked(deps: ProcessDeliveryDependencies, { id }: StoredDelivery, { repository, commit }: WebhookPayload): Promise<Outcome> {
  if (!repository || !commit) return ignored("it names no commit");
  const pulls = await deps.store.transaction((tx) => tx.pullChecks.pullsAt(repository, commit));
  return (await readChecksOf(deps, repository, pulls, id)) ? checksRead(pulls) : ignored("the commit is in no run's pull request");
}

/** False when none of them is a run's. */
function readChecksOf(
  { store, clock }: ProcessDeliveryDependencies,
  repository: RepositoryName,
  pulls: readonly number[],
  cause: DeliveryId,
): Promise<boolean> {
  return store.transaction(async (tx) => {
    let isAny = false;
    for (const pull of pulls) {
      if (!(await tx.pullChecks.get(repository, pull))) continue;
      await readSoon(tx, { repository, pull, cause }, clock.now());
      isAny = true;
    }
    return isAny;
  });
}

function checksRead(pulls: readonly number[]): Outcome {
  const numbers = pulls.map((pull) => `#${pull}`).join(", ");
  return { state: "processed", text: `the checks of pull request ${numbers} are read`, detail: { pull: pulls[0] ?? null } };
}

/** What reaches the default branch is read into the index. */
function pushed(deps: ProcessDeliveryDependencies, _delivery: StoredDelivery, { repository, ref, after }: WebhookPayload): Promise<Outcome> {
  return deps.store.transaction(async (tx) => {
    const row = repository && (await tx.repositories.get(repository));
    if (!row) return ignored("the repository is not registered");
    if (ref !== `refs/heads/${row.defaultBranch}` || !after || /^0+$/.test(after)) return ignored("the push is not to the default branch");
    await tx.outbox.add(
      [{ key: `index:${row.name}:${after}`, action: { type: "index-documents", repository: row.name, branch: row.defaultBranch, commit: after } }],
      deps.clock.now(),
    );
    return { state: "processed", text: "documents are read into the index", detail: { commit: after } };
  });
}

function describe(outcome: AdmitOutcome): Outcome {
  switch (outcome.type) {
    case "admitted":
      return { state: "processed", text: `started run ${outcome.runId}`, detail: { runId: outcome.runId } };
    case "refused":
      return { state: "processed", text: `refused: ${outcome.reason}`, detail: { reason: outcome.reason } };
    case "ignored":
      return ignored(outcome.why);
  }
}

function ignored(text: string): Outcome {
  return { state: "ignored", text };
}

const remedy = "Have the forge deliver it again (recent deliveries of the repository's webhook) once the cause is mended.";

/** What may pass is thrown on, and the queue tries again; what will not pass is the delivery's outcome. */
async function failure({ store, tries = 8 }: ProcessDeliveryDependencies, { id }: StoredDelivery, error: unknown): Promise<Outcome> {
  if (error instanceof InfrastructureError && !error.retryable && error.code !== "conflict") {
    return { state: "failed", text: [error.message, error.remedy, remedy].filter(Boolean).join(" "), detail: { errorType: error.code, remedy } };
  }
  if (error instanceof InfrastructureError) throw error;
  // Most likely a fault of ours, which waiting does not mend; a few tries, in case it was chance.
  const tried = await store.transaction((tx) => tx.deliveries.tried(id));
  if (tried >= tries) {
    const said = error instanceof Error ? error.message : String(error);
    return { state: "failed", text: `It failed ${tried} times: ${said} ${remedy}`, detail: { errorType: "unexpected", tries: tried, remedy } };
  }
  throw error;
}
