import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import type { BranchName, Instant } from "../../core/domain/kernel/values.ts";
import type { Role, StageName } from "../../core/domain/stage/stage.ts";
import { artifactPath } from "../../core/domain/stage/table.ts";
import type { HostWorld } from "../../core/testing/host-world.ts";
import { checkoutDocuments, fileOf, releaseDocuments, requirements } from "./shop-texts.ts";

const minute = 60_000;
const hasher = createHasher();

/** Where a run of a stage works. */
export function branchOf(issue: number, stage: string): BranchName {
  return `signalbox/issue-${issue}/${stage}` as BranchName;
}

const requirementsPath = artifactPath(12, "prd", "prd");

/** The document that is in review, and was approved before in other words. */
export const requirementsInReview = { path: requirementsPath, hash: hasher.sha256(requirementsFile(requirements.now)) };

function requirementsFile(body: string, status = "in_review"): string {
  return fileOf({ type: "prd", title: "Guest checkout: requirements", body }, { issue: 12, stage: "prd", status, role: "pm" });
}

/** The documents of the guest checkout: what was approved on the default branch, what is in review on the run's. */
export async function writeDocuments(world: HostWorld): Promise<void> {
  for (const stage of ["intake", "vision", "prd"] as const) {
    const status = stage === "prd" ? "in_review" : "approved";
    for (const [type, title, body] of checkoutDocuments[stage])
      await writeDocument(world, stage, { type, title, status, text: fileOf({ type, title, body }, { issue: 12, stage, status, role: "pm" }) });
  }
  world.forge.push("main", { [requirementsPath]: requirementsFile(requirements.approved, "approved") });
  await writeRequirements(world, requirements.now);
  const said = (author: string, body: string, ago: number) => ({ id: ago, issue: 45, author, body, createdAt: (world.clock.now() - ago * minute) as Instant });
  world.forge.threads.set(45, [
    { id: "steps", resolved: false, path: requirementsPath, line: 15, comments: [said("boris", "Three steps **with** address autofill? State it.", 20)] },
    {
      id: "data",
      resolved: true,
      path: requirementsPath,
      line: 17,
      comments: [said("boris", "30 days from when?", 60), said("pm", "From delivery. Added.", 40)],
    },
  ]);
}

/** The release of the delivery slots, approved: its plan names the version. */
export async function writeRelease(world: HostWorld): Promise<void> {
  for (const [type, title, section, body] of releaseDocuments) {
    const text = fileOf({ type, title, body: `## ${section}\n\n${body}` }, { issue: 3, stage: "release", status: "approved", role: "em" });
    await writeDocument(world, "release", { issue: 3, type, title, status: "approved", text, role: "em", pull: 36, sections: [{ section, text: body }] });
  }
}

/** What the runs did with the documents: the one that wrote the requirements began from what came before, and whoever came by found them. */
export async function useDocuments({ inStore, forge, clock }: HostWorld): Promise<void> {
  await inStore(async (tx) => {
    const documents = await tx.documents.forIssue(forge.name, 12);
    const pathsOf = (wanted: (stage: StageName | undefined) => boolean) => documents.filter(({ stage }) => wanted(stage)).map(({ path }) => path);
    for (const run of await tx.runs.list({ repository: forge.name })) {
      if (run.issue !== 12) {
        await tx.documentUses.note(run, [requirementsPath], "found", run.createdAt);
        continue;
      }
      const own = pathsOf((stage) => stage === run.stage);
      await tx.documentUses.note(
        run,
        pathsOf((stage) => stage !== run.stage),
        "given",
        run.createdAt,
      );
      for (const how of ["written", "linked"] as const) await tx.documentUses.note(run, own, how, clock.now());
    }
  });
}

/** The requirements in review, in these words from now on. */
export function writeRequirements(world: HostWorld, body: string): Promise<void> {
  return writeDocument(world, "prd", { type: "prd", title: "Guest checkout: requirements", status: "in_review", text: requirementsFile(body) });
}

interface Filed {
  readonly type: string;
  readonly title: string;
  readonly status: string;
  readonly text: string;
  readonly issue?: number;
  readonly role?: Role;
  /** The pull request that it is linked with. */
  readonly pull?: number;
  readonly sections?: readonly { readonly section: string; readonly text: string }[];
}

async function writeDocument(world: HostWorld, stage: StageName, filed: Filed): Promise<void> {
  const { type, title, status, text, issue = 12, role = "pm", pull } = filed;
  const path = artifactPath(issue, stage, type);
  const branch = status === "approved" ? ("main" as BranchName) : branchOf(issue, stage);
  world.forge.push(branch, { [path]: text });
  const docId = `issue-${issue}-${stage}-${type}`;
  const approvals = { required: ["owner"], status: status === "approved" ? "approved" : "pending" };
  const frontMatter = { doc_id: docId, type, title, status, owner_role: role, related_issues: [issue], approvals };
  const [hash, updatedAt] = [hasher.sha256(text), world.clock.now()];
  const meta = { docId, repository: world.forge.name, path, branch, type, title, status, ownerRole: role, stage, hash, frontMatter, updatedAt };
  await world.inStore(async (tx) => {
    await tx.documents.upsert(meta, filed.sections ?? [{ section: title, text: text.slice(text.indexOf("# ")) }]);
    await tx.documents.link({ repository: world.forge.name, docId, kind: "issue", number: issue });
    if (pull !== undefined) await tx.documents.link({ repository: world.forge.name, docId, kind: "pull", number: pull });
  });
}
