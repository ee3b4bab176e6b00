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
import { releasedSection, releaseOf } from "../domain/docset/release.ts";
import { unfinishedParts } from "../domain/document/finished.ts";
import type { BranchName, CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { isStageName, type StageName } from "../domain/stage/stage.ts";
import { artifactFolder, artifactPath } from "../domain/stage/table.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { DocumentCodec } from "../ports/document-codec.ts";
import type { Forge } from "../ports/forge.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import { chunksOf } from "./index-document.ts";

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
  /** The tip of the base branch. */
  readonly base: CommitSha | undefined;
  readonly entries: readonly DocsetEntry[];
  readonly problems: readonly DocumentProblem[];
}

export interface SyncedFile {
  readonly path: string;
  readonly commit: CommitSha;
  readonly documents: number;
  readonly problems: readonly DocumentProblem[];
}

/** Texts by their paths. */
type Files = ReadonlyMap<string, string>;

const nothing: Files = new Map();

/** Reads the documents of the run's issue on its branch, with those that are `pending` as they are about to be committed. Undefined before the first push. */
export async function findDocuments(deps: DocsetDependencies, run: Run, stage?: StageName, pending: Files = nothing): Promise<FoundDocuments | undefined> {
  const [base, tip] = await Promise.all([deps.mirror.fetch(run.repository, run.baseBranch), deps.mirror.fetch(run.repository, run.branch)]);
  if (!tip) return undefined;
  const folder = stage === undefined ? `docs/issues/issue-${run.issue}/` : `${artifactFolder(run.issue, stage)}/`;
  const paths = (await deps.mirror.listFiles(run.repository, tip, folder)).filter((path) => path.endsWith(".md"));
  const read = await Promise.all(paths.map((path) => readEntry(deps, run, { tip, base, path, pending })));
  return { tip, base, entries: read.flatMap(({ entry }) => (entry ? [entry] : [])), problems: read.flatMap(({ problems }) => problems) };
}

async function readEntry(
  deps: DocsetDependencies,
  run: Run,
  at: { readonly tip: CommitSha; readonly base: CommitSha | undefined; readonly path: string; readonly pending: Files },
): Promise<{ readonly entry?: DocsetEntry | undefined; readonly problems: readonly DocumentProblem[] }> {
  const { path } = at;
  const stage = stageOf(path, run.issue);
  const pending = at.pending.get(path);
  const text = pending ?? (await deps.mirror.readFile(run.repository, at.tip, path));
  if (text === undefined || !stage) return { problems: [{ path, message: "is not a text document in a stage's folder" }] };
  const read = deps.documents.read(text);
  if (!read.ok) return { problems: read.error.map((fault) => ({ path, message: `${fault.key === "" ? "front matter" : fault.key} ${fault.message}` })) };
  const { docId, type, status } = read.value.frontMatter;
  const problems = unfinishedParts(read.value.body).map((part) => ({
    path,
    message: `line ${part.line} of the text still has the template's ${part.what}: ${part.text}`,
  }));
  // Only the owner's decision makes a document approved; the gateway writes that on the base branch, and what is pending is written by the gateway.
  const claimed =
    status === "approved" && pending === undefined && (at.base === undefined || (await deps.mirror.readFile(run.repository, at.base, path)) !== text);
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

/** A file that names documents, as it has to be. */
interface Composed {
  readonly path: string;
  readonly text: string;
  readonly documents: number;
  readonly message: string;
}

/** `docs/_docset/issues/issue-N.yaml`. */
async function composeIssueDocset(deps: DocsetDependencies, run: Run, found: FoundDocuments): Promise<Composed> {
  const path = docsetPath("issue", run.issue);
  const before = readDocset(await readYaml(deps, run.repository, found.tip, path), "issue", run.repository, run.issue);
  const pulls = run.pull === undefined ? [] : [run.pull];
  const docset = mergeDocset(before, { stage: run.stage, entries: found.entries, removed: goneFrom(before, found), pulls });
  return composed(deps, path, docset, `docs: docset of issue #${docset.number}`);
}

/** `docs/_docset/prs/pr-N.yaml`, with the documents that the pull request changes. */
async function composePullDocset(deps: DocsetDependencies, run: Run, pull: number, found: FoundDocuments): Promise<Composed> {
  const changed = new Set((found.base ? await deps.mirror.changes(run.repository, found.base, found.tip) : []).map((change) => change.path));
  const path = docsetPath("pull", pull);
  const before = readDocset(await readYaml(deps, run.repository, found.tip, path), "pull", run.repository, pull);
  // What it named before stays its own after the merge, when nothing differs from the base any more.
  for (const entry of before.entries) changed.add(entry.path);
  const entries = found.entries.filter((entry) => changed.has(entry.path));
  const docset = mergeDocset(before, { stage: run.stage, issue: run.issue, entries, removed: goneFrom(before, found) });
  return composed(deps, path, docset, `docs: docset of pull request #${docset.number}`);
}

function composed(deps: DocsetDependencies, path: string, docset: Docset, message: string): Composed {
  return { path, text: deps.documents.renderYaml(docsetData(docset)), documents: docset.entries.length, message };
}

/** The issue's row of the issue map. Its release is the one that the approved plan names: no document makes the tag, and the owner has approved what it is to be. */
async function composeIssueMapRow(deps: DocsetDependencies, run: Run, found: FoundDocuments, pending: Files = nothing): Promise<Composed> {
  const issue = await deps.forge.issue(run.repository, run.issue);
  const path = issueMapRowPath(run.issue);
  const row = mergeIssueMapRow(readIssueMapRow(await readYaml(deps, run.repository, found.tip, path)), {
    issue: run.issue,
    title: issue.title,
    parent: issue.parent,
    documents: found.entries.map(mapDocument),
    pulls: run.pull === undefined ? [] : [run.pull],
    release: await approvedRelease(deps, run, found, pending),
    gaps: validateDocset(found, run.stage).missing,
  });
  return { path, text: deps.documents.renderYaml(issueMapRowData(row)), documents: found.entries.length, message: `docs: issue map for #${run.issue}` };
}

/** What the issue's release plan says is released, once it is approved. */
async function approvedRelease(deps: DocsetDependencies, run: Run, found: FoundDocuments, pending: Files): Promise<string | undefined> {
  const path = artifactPath(run.issue, "release", "release_plan");
  if (!found.entries.some((entry) => entry.path === path && entry.status === "approved")) return undefined;
  const text = pending.get(path) ?? (await deps.mirror.readFile(run.repository, found.tip, path));
  const read = text === undefined ? undefined : deps.documents.read(text);
  const section = read?.ok ? chunksOf(read.value.body).find((chunk) => chunk.section === releasedSection) : undefined;
  return section && releaseOf(section.text);
}

/** Brings the issue's docset on the run's branch up to date. Undefined before the first push. */
export async function syncIssueDocset(deps: DocsetDependencies, run: Run): Promise<SyncedFile | undefined> {
  const found = await findDocuments(deps, run);
  return found && write(deps, run, found, await composeIssueDocset(deps, run, found));
}

/** Brings the pull request's docset up to date. Undefined without a pull request or a push. */
export async function syncPullDocset(deps: DocsetDependencies, run: Run): Promise<SyncedFile | undefined> {
  if (run.pull === undefined) return undefined;
  const found = await findDocuments(deps, run);
  return found && write(deps, run, found, await composePullDocset(deps, run, run.pull, found));
}

/**
 * Brings the issue's row of the issue map up to date on the run's branch. On the base branch the page of all rows follows: on a stage's branch it would be a file
 * that every stage changes, and the first one that is merged would put all others in conflict.
 */
export async function syncIssueMap(deps: DocsetDependencies, run: Run): Promise<SyncedFile | undefined> {
  const found = await findDocuments(deps, run);
  if (!found) return undefined;
  const written = await write(deps, run, found, await composeIssueMapRow(deps, run, found));
  if (run.branch === run.baseBranch) await syncIssueMapPage(deps, run.repository, run.baseBranch);
  return written;
}

/**
 * Writes the page of all rows. Somebody else's row may arrive while this one is written, and a commit that is tried again is not thought through again: so it looks
 * once more until the page says what the rows say.
 */
async function syncIssueMapPage(deps: DocsetDependencies, repository: RepositoryName, branch: BranchName): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const tip = await deps.mirror.fetch(repository, branch);
    if (!tip) return;
    const page = await composeIssueMapPage(deps, repository, tip);
    if ((await deps.mirror.readFile(repository, tip, issueMapPagePath)) === page) return;
    await deps.mirror.commitFiles(repository, branch, new Map([[issueMapPagePath, page]]), "docs: issue map");
  }
}

/** The page that says what the rows say, `pending` ones as they are about to be. */
async function composeIssueMapPage(deps: DocsetDependencies, repository: RepositoryName, tip: CommitSha, pending: Files = nothing): Promise<string> {
  const there = await deps.mirror.listFiles(repository, tip, issueMapFolder);
  const paths = [...new Set([...there, ...pending.keys()])].filter((path) => path.startsWith(issueMapFolder) && path.endsWith(".yaml"));
  const rows = await Promise.all(paths.map(async (path) => readIssueMapRow(await readYaml(deps, repository, tip, path, pending))));
  return renderIssueMap(
    repository,
    rows.filter((row) => row !== undefined),
  );
}

function goneFrom(docset: Docset, found: FoundDocuments): readonly string[] {
  const there = new Set(found.entries.map((entry) => entry.path));
  return docset.entries.map((entry) => entry.path).filter((path) => !there.has(path));
}

async function readYaml(deps: DocsetDependencies, repository: RepositoryName, ref: string, path: string, pending: Files = nothing): Promise<unknown> {
  const text = pending.get(path) ?? (await deps.mirror.readFile(repository, ref, path));
  return text === undefined ? undefined : deps.documents.parseYaml(text);
}

async function write(deps: DocsetDependencies, run: Run, found: FoundDocuments, { path, text, documents, message }: Composed): Promise<SyncedFile> {
  const commit = await deps.mirror.commitFiles(run.repository, run.branch, new Map([[path, text]]), message);
  return { path, commit, documents, problems: found.problems };
}

/** Documents that are about to be committed by the gateway, and the words of the commit. */
export interface PendingDocuments {
  readonly files: ReadonlyMap<string, string>;
  readonly message: string;
}

export type SyncDocsets = (run: Run, pending?: PendingDocuments) => Promise<void>;

/**
 * Brings everything up to date that names the run's documents (docset of the issue, docset of the pull request, issue map), together with the documents that are pending, in one commit:
 * each commit is a push, a delivery, and a look at the whole index. Repeated, it finds nothing to do.
 */
export function createSyncDocsets(deps: DocsetDependencies): SyncDocsets {
  return async function syncDocsets(run, pending) {
    const found = await findDocuments(deps, run, undefined, pending?.files);
    if (!found) return;
    const isOnBase = run.branch === run.baseBranch;
    const composedFiles = [
      await composeIssueDocset(deps, run, found),
      ...(run.pull === undefined ? [] : [await composePullDocset(deps, run, run.pull, found)]),
      await composeIssueMapRow(deps, run, found, pending?.files),
    ];
    const files = new Map([...(pending?.files ?? []), ...composedFiles.map(({ path, text }) => [path, text] as const)]);
    if (isOnBase) files.set(issueMapPagePath, await composeIssueMapPage(deps, run.repository, found.tip, files));
    await deps.mirror.commitFiles(run.repository, run.branch, files, pending?.message ?? `docs: docsets and issue map of #${run.issue}`);
    // Rows of others may have come between.
    if (isOnBase) await syncIssueMapPage(deps, run.repository, run.baseBranch);
  };
}
