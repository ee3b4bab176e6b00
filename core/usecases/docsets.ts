import {
  docsetData,
  docsetPath,
  mergeDocset,
  readDocset,
  validateDocset,
  type ArtifactValidation,
  type Docset,
  type DocsetEntry,
} from "../domain/docset/docset.ts";
import {
  issueMapFolder,
  issueMapPagePath,
  issueMapRowData,
  issueMapRowPath,
  mapDocument,
  mergeIssueMapRow,
  readIssueMapRow,
  renderIssueMap,
} from "../domain/docset/issue-map.ts";
import { unfinishedParts } from "../domain/document/finished.ts";
import type { BranchName, CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { isStageName, type StageName } from "../domain/stage/stage.ts";
import { artifactFolder } from "../domain/stage/table.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { DocumentCodec } from "../ports/document-codec.ts";
import type { Forge } from "../ports/forge.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";

export interface DocsetDependencies {
  readonly mirror: RepositoryMirror;
  readonly documents: DocumentCodec;
  readonly forge: Forge;
  readonly hasher: Hasher;
}

/** A document's fault in words for its author. */
export interface DocumentProblem {
  readonly path: string;
  readonly message: string;
}

/** The documents of an issue as they lie on the run's branch. */
export interface FoundDocuments {
  readonly tip: CommitSha;
  readonly entries: readonly DocsetEntry[];
  readonly problems: readonly DocumentProblem[];
}

export interface SyncedFile {
  readonly path: string;
  readonly commit: CommitSha;
  readonly documents: number;
  readonly problems: readonly DocumentProblem[];
}

/** Reads the documents of the run's issue on its branch. Undefined before the first push. */
export async function findDocuments(deps: DocsetDependencies, run: Run, stage?: StageName): Promise<FoundDocuments | undefined> {
  const [base, tip] = await Promise.all([deps.mirror.fetch(run.repository, run.baseBranch), deps.mirror.fetch(run.repository, run.branch)]);
  if (!tip) return undefined;
  const folder = stage === undefined ? `docs/issues/issue-${run.issue}/` : `${artifactFolder(run.issue, stage)}/`;
  const paths = (await deps.mirror.listFiles(run.repository, tip, folder)).filter((path) => path.endsWith(".md"));
  const read = await Promise.all(paths.map((path) => readEntry(deps, run, { tip, base, path })));
  return { tip, entries: read.flatMap(({ entry }) => (entry ? [entry] : [])), problems: read.flatMap(({ problems }) => problems) };
}

async function readEntry(
  deps: DocsetDependencies,
  run: Run,
  at: { readonly tip: CommitSha; readonly base: CommitSha | undefined; readonly path: string },
): Promise<{ readonly entry?: DocsetEntry | undefined; readonly problems: readonly DocumentProblem[] }> {
  const { path } = at;
  const stage = stageOf(path, run.issue);
  const text = await deps.mirror.readFile(run.repository, at.tip, path);
  if (text === undefined || !stage) return { problems: [{ path, message: "is not a text document in a stage's folder" }] };
  const read = deps.documents.read(text);
  if (!read.ok) return { problems: read.error.map((fault) => ({ path, message: `${fault.key === "" ? "front matter" : fault.key} ${fault.message}` })) };
  const { docId, type, status } = read.value.frontMatter;
  const problems = unfinishedParts(read.value.body).map((part) => ({
    path,
    message: `line ${part.line} of the text still has the template's ${part.what}: ${part.text}`,
  }));
  // Only the owner's decision makes a document approved; the gateway writes that on the base branch.
  const claimed = status === "approved" && (at.base === undefined || (await deps.mirror.readFile(run.repository, at.base, path)) !== text);
  if (claimed) problems.push({ path, message: "status: approved is set by the owner's decision only; use in_review" });
  return { entry: { docId, type, stage, path, status: claimed ? "in_review" : status, hash: deps.hasher.sha256(text) }, problems };
}

/** `docs/issues/issue-7/intake/problem.md` belongs to intake. */
export function stageOf(path: string, issue: number): StageName | undefined {
  const [folder] = path.startsWith(`docs/issues/issue-${issue}/`) ? path.slice(`docs/issues/issue-${issue}/`.length).split("/") : [];
  return isStageName(folder) ? folder : undefined;
}

/** What of the stage's required artifacts is on the branch, with everything that is wrong with the stage's documents. */
export async function validateArtifacts(
  deps: DocsetDependencies,
  run: Run,
): Promise<ArtifactValidation & { readonly problems: readonly DocumentProblem[]; readonly tip?: CommitSha | undefined }> {
  const found = await findDocuments(deps, run, run.stage);
  if (!found) return { ...validateDocset({ entries: [] }, run.stage), problems: [] };
  return { ...validateDocset(found, run.stage), problems: found.problems, tip: found.tip };
}

/** Brings `docs/_docset/issues/issue-N.yaml` on the run's branch up to date. Undefined before the first push. */
export async function syncIssueDocset(deps: DocsetDependencies, run: Run): Promise<SyncedFile | undefined> {
  const found = await findDocuments(deps, run);
  if (!found) return undefined;
  const path = docsetPath("issue", run.issue);
  const before = readDocset(await readYaml(deps, run.repository, found.tip, path), "issue", run.repository, run.issue);
  const docset = mergeDocset(before, {
    stage: run.stage,
    entries: found.entries,
    removed: goneFrom(before, found),
    pulls: run.pull === undefined ? [] : [run.pull],
  });
  return write(deps, run, path, docset, found);
}

/** Brings `docs/_docset/prs/pr-N.yaml` up to date with the documents that the pull request changes. Undefined without a pull request or a push. */
export async function syncPullDocset(deps: DocsetDependencies, run: Run): Promise<SyncedFile | undefined> {
  if (run.pull === undefined) return undefined;
  const base = await deps.mirror.fetch(run.repository, run.baseBranch);
  const found = await findDocuments(deps, run);
  if (!found) return undefined;
  const changed = new Set((base ? await deps.mirror.changes(run.repository, base, found.tip) : []).map((change) => change.path));
  const path = docsetPath("pull", run.pull);
  const before = readDocset(await readYaml(deps, run.repository, found.tip, path), "pull", run.repository, run.pull);
  // What it named before stays its own after the merge, when nothing differs from the base any more.
  for (const entry of before.entries) changed.add(entry.path);
  const entries = found.entries.filter((entry) => changed.has(entry.path));
  return write(deps, run, path, mergeDocset(before, { stage: run.stage, issue: run.issue, entries, removed: goneFrom(before, found) }), found);
}

/**
 * Brings the issue's row of the issue map up to date on the run's branch. On the base branch the page of all rows follows: on a stage's branch it would be a file
 * that every stage changes, and the first one that is merged would put all others in conflict.
 */
export async function syncIssueMap(deps: DocsetDependencies, run: Run): Promise<SyncedFile | undefined> {
  const found = await findDocuments(deps, run);
  if (!found) return undefined;
  const issue = await deps.forge.issue(run.repository, run.issue);
  const path = issueMapRowPath(run.issue);
  const row = mergeIssueMapRow(readIssueMapRow(await readYaml(deps, run.repository, found.tip, path)), {
    issue: run.issue,
    title: issue.title,
    documents: found.entries.map(mapDocument),
    pulls: run.pull === undefined ? [] : [run.pull],
    gaps: validateDocset(found, run.stage).missing,
  });
  const files = new Map([[path, deps.documents.renderYaml(issueMapRowData(row))]]);
  const commit = await deps.mirror.commitFiles(run.repository, run.branch, files, `docs: issue map for #${run.issue}`);
  if (run.branch === run.baseBranch) await syncIssueMapPage(deps, run.repository, run.baseBranch);
  return { path, commit, documents: found.entries.length, problems: found.problems };
}

/**
 * Writes the page of all rows. Somebody else's row may arrive while this one is written, and a commit that is tried again is not thought through again: so it looks
 * once more until the page says what the rows say.
 */
async function syncIssueMapPage(deps: DocsetDependencies, repository: RepositoryName, branch: BranchName): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const tip = await deps.mirror.fetch(repository, branch);
    if (!tip) return;
    const paths = (await deps.mirror.listFiles(repository, tip, issueMapFolder)).filter((path) => path.endsWith(".yaml"));
    const rows = await Promise.all(paths.map(async (path) => readIssueMapRow(await readYaml(deps, repository, tip, path))));
    const page = renderIssueMap(
      repository,
      rows.filter((row) => row !== undefined),
    );
    if ((await deps.mirror.readFile(repository, tip, issueMapPagePath)) === page) return;
    await deps.mirror.commitFiles(repository, branch, new Map([[issueMapPagePath, page]]), "docs: issue map");
  }
}

function goneFrom(docset: Docset, found: FoundDocuments): readonly string[] {
  const there = new Set(found.entries.map((entry) => entry.path));
  return docset.entries.map((entry) => entry.path).filter((path) => !there.has(path));
}

async function readYaml(deps: DocsetDependencies, repository: RepositoryName, ref: string, path: string): Promise<unknown> {
  const text = await deps.mirror.readFile(repository, ref, path);
  return text === undefined ? undefined : deps.documents.parseYaml(text);
}

async function write(deps: DocsetDependencies, run: Run, path: string, docset: Docset, found: FoundDocuments): Promise<SyncedFile> {
  const commit = await deps.mirror.commitFiles(
    run.repository,
    run.branch,
    new Map([[path, deps.documents.renderYaml(docsetData(docset))]]),
    `docs: ${docset.kind === "issue" ? "docset of issue" : "docset of pull request"} #${docset.number}`,
  );
  return { path, commit, documents: docset.entries.length, problems: found.problems };
}

/** Brings everything up to date that names the run's documents: docset of the issue, docset of the pull request, issue map. */
export function createSyncDocsets(deps: DocsetDependencies) {
  return async function syncDocsets(run: Run): Promise<void> {
    await syncIssueDocset(deps, run);
    await syncPullDocset(deps, run);
    await syncIssueMap(deps, run);
  };
}
