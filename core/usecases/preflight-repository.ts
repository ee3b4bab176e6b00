import { mayWrite } from "../domain/kernel/permission.ts";
import { classifyLabel } from "../domain/label/classify.ts";
import { labelKey, labelNames, namedLabels } from "../domain/label/names.ts";
import { standardLabels } from "../domain/label/standard.ts";
import type { Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Forge, ForgeDelivery } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import type { RepositoryRow, Store } from "../ports/store.ts";
import { fail, findingsOf, listed, pass, warn, type Finding, type NamedCheck, type Outcome } from "./check-outcome.ts";
import { describeFault } from "./repository-labels.ts";

export interface PreflightDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** As the owner, and asked anew each time: an answer from before would hide what was just mended. */
  readonly ownerForge: Pick<Forge, "identity" | "repository" | "permission" | "variables" | "labels" | "deliveries">;
  readonly mirror: Pick<RepositoryMirror, "fetch">;
}

/** Milliseconds that a check may take: a clone of a large repository is the slowest. */
const patience = 15_000;
const minute = 60_000;
/** What was delivered within it is looked at. */
const recent = 24 * 60 * minute;
/** The reconciler comes by every minute, and stays behind what it asked for again. */
const stale = 30 * minute;

const startAgain = "Start the server, or the rehearsal workspace, again: it makes them.";

/**
 * Looks whether a repository has all that Signalbox needs of it, as the owner sees it. Never throws for what it finds: a check that cannot look is a finding.
 *
 * @returns the checks in the order in which an owner would mend; undefined for a repository that Signalbox does not look after.
 */
export function createPreflightRepository(deps: PreflightDependencies) {
  return async function preflightRepository(repository: RepositoryName): Promise<readonly Finding[] | undefined> {
    const row = await deps.store.transaction((tx) => tx.repositories.get(repository));
    return row && findingsOf(checksOf(deps, row), deps.clock.after.bind(deps.clock), patience);
  };
}
export type PreflightRepository = ReturnType<typeof createPreflightRepository>;

function checksOf(deps: PreflightDependencies, row: RepositoryRow): readonly NamedCheck[] {
  return [
    { id: "repository", title: "Repository", look: () => answers(deps, row) },
    { id: "right", title: "Your right", look: () => right(deps, row) },
    { id: "label-names", title: "Label names", look: () => names(deps, row) },
    { id: "labels", title: "Labels", look: () => labels(deps, row) },
    { id: "repository-hook", title: "Webhook", look: () => hook(deps, row) },
    { id: "reconciler", title: "Reconciler", look: async () => reconciled(deps.clock.now(), row) },
    { id: "clone", title: "Clone", look: () => clone(deps, row) },
  ];
}

async function answers({ ownerForge }: PreflightDependencies, row: RepositoryRow): Promise<Outcome> {
  const { defaultBranch, private: isPrivate } = await ownerForge.repository(row.name);
  if (defaultBranch !== row.defaultBranch)
    return warn(
      `its default branch is ${defaultBranch} now, and Signalbox knows it as ${row.defaultBranch}`,
      "Start the server, or the rehearsal workspace, again: it notes the default branch when it starts.",
    );
  return pass(`it answers; default branch ${defaultBranch}, ${isPrivate ? "private" : "public"}`);
}

/** Approving a gate merges and moves labels, with the owner's own credential. */
async function right({ ownerForge }: PreflightDependencies, { name }: RepositoryRow): Promise<Outcome> {
  const login = await ownerForge.identity();
  const permission = await ownerForge.permission(name, login);
  return mayWrite(permission)
    ? pass(`${login} has the right ${permission}: enough to move labels, review and merge`)
    : fail(
        `${login} has ${permission === "none" ? "no right" : `only the right ${permission}`}: approving would merge nothing${permission === "triage" ? "" : ", and labels could not be moved"}`,
        `Have an administrator of ${name} give ${login} at least the right write.`,
      );
}

async function names({ ownerForge }: PreflightDependencies, { name }: RepositoryRow): Promise<Outcome> {
  const variables = await ownerForge.variables(name);
  const named = labelNames(variables);
  if (!named.ok)
    return fail(
      `the label variables cannot be used: ${named.error.faults.map(describeFault).join("; ")}`,
      "Correct the variables in the repository's or the organisation's settings on the forge. Until then no label starts anything here.",
    );
  const renamed = namedLabels(variables).filter(({ label, standard }) => label !== standard);
  return pass(renamed.length === 0 ? "no variable renames a label" : `${listed(renamed.map(({ variable, label }) => `${variable} = ${label}`))}`);
}

async function labels({ ownerForge }: PreflightDependencies, { name }: RepositoryRow): Promise<Outcome> {
  const [variables, present] = await Promise.all([ownerForge.variables(name), ownerForge.labels(name)]);
  const named = labelNames(variables);
  if (!named.ok) return warn("which labels are needed is not known until their names can be used", "Mend the label names first; the check above says how.");
  const needed = standardLabels(named.value);
  const there = new Set(present.map(labelKey));
  const missing = needed.map((label) => label.name).filter((label) => !there.has(labelKey(label)));
  if (missing.length === 0) return pass(`all ${needed.length} are there`);
  const detail = `${missing.length} of ${needed.length} are missing: ${listed(missing)}`;
  return missing.some((label) => classifyLabel(label, named.value).type === "trigger") ? fail(detail, startAgain) : warn(detail, startAgain);
}

async function hook({ ownerForge, clock }: PreflightDependencies, { name, hookId }: RepositoryRow): Promise<Outcome> {
  if (hookId === undefined)
    return fail("no webhook is registered: labels are heard of late, or not at all", "Start the server, or the rehearsal workspace, again: it registers one.");
  let attempts: readonly ForgeDelivery[];
  try {
    attempts = await ownerForge.deliveries(name, hookId, (clock.now() - recent) as Instant);
  } catch (error) {
    if (!(error instanceof InfrastructureError) || (error.code !== "unauthorised" && error.code !== "not-found")) throw error;
    return warn(
      `webhook ${hookId} is noted, but the forge does not show it to you: your credential may not read webhooks, or it was removed`,
      "Let your token read webhooks (fine-grained: Webhooks, read; classic: read:repo_hook). If it was removed, start the server again: it registers one.",
    );
  }
  const lost = undelivered(attempts);
  if (lost.length > 0)
    return warn(
      `of a day's deliveries ${lost.length} did not arrive: ${listed([...new Set(lost)])}`,
      "They are asked for again by themselves within minutes while the server runs; if not, look at the forge's list of deliveries.",
    );
  return pass(
    attempts.length === 0 ? `webhook ${hookId} is registered; nothing was sent within a day` : `webhook ${hookId}: all of a day's deliveries arrived`,
  );
}

/** Events of deliveries none of whose attempts arrived. */
export function undelivered(attempts: readonly Pick<ForgeDelivery, "guid" | "event" | "ok">[]): readonly string[] {
  const arrived = new Set(attempts.filter((attempt) => attempt.ok).map((attempt) => attempt.guid));
  const lost = new Map(attempts.filter((attempt) => !arrived.has(attempt.guid)).map((attempt) => [attempt.guid, attempt.event]));
  return [...lost.values()];
}

function reconciled(now: Instant, { reconciledUntil }: RepositoryRow): Outcome {
  const behind = now - reconciledUntil;
  if (behind <= stale) return pass(`read through up to ${timeOf(reconciledUntil)}`);
  return warn(
    reconciledUntil <= 0 ? "never read through" : `last read through up to ${timeOf(reconciledUntil)}, ${lengthOf(behind)} ago`,
    "The orchestrator reads through every minute while it works: see that the server runs, or open the rehearsal workspace to work. Its log says what keeps it.",
  );
}

/** To the second, UTC. */
function timeOf(at: Instant): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/u, "Z");
}

function lengthOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / minute);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Documents and checks are read from it, and what is committed goes through it. */
async function clone({ ownerForge, mirror }: PreflightDependencies, { name }: RepositoryRow): Promise<Outcome> {
  const { defaultBranch } = await ownerForge.repository(name);
  const tip = await mirror.fetch(name, defaultBranch);
  return tip === undefined
    ? fail(`there is no branch ${defaultBranch} to work from`, "Push a first commit to it; agents begin their branches there.")
    : pass(`${defaultBranch} is at ${tip.slice(0, 8)}`);
}
