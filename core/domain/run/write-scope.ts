import { err, ok, type Result } from "../kernel/result.ts";
import type { Role, StageName } from "../stage/stage.ts";
import { stageTable, type WriteScope } from "../stage/table.ts";

/** One path of a diff, as git reports it (the port's `ChangedFile`). `mode` is the mode after the change, or the one before for a deletion. */
export interface PathChange {
  readonly path: string;
  /** The path before, for renames and copies. */
  readonly oldPath?: string | undefined;
  readonly status: "A" | "M" | "D" | "R" | "C" | "T";
  readonly mode: "regular" | "executable" | "symlink" | "submodule";
}

export interface WriteScopeError {
  readonly type: "write-scope.refused";
  readonly scope: WriteScope;
  readonly refused: readonly RefusedPath[];
}

export interface RefusedPath {
  readonly path: string;
  /** A sentence for the agent and the owner. */
  readonly why: string;
}

/**
 * Whether a push may change these paths: documents only, code, prompts, or nothing, by the stage's scope; a reviewer changes nothing in any stage. The gateway's own files
 * (`docs/_docset/**`, `docs/_index/**`) are nobody's, and a path that could mean another one on some file system is refused whatever the scope. So are what CI runs and who must
 * review (`.github/**` and its like): a workflow runs with the repository's secrets as soon as it is pushed, before anybody has reviewed it. What other
 * agents take as instructions (`AGENTS.md` and its like) is for self-improve alone.
 *
 * Give it every path that any pushed commit touches, not only those that differ between the ends: a commit that is undone by the next one is in the history all the same.
 */
export function checkWriteScope(stage: StageName, role: Role, changes: readonly PathChange[]): Result<void, WriteScopeError> {
  const scope = role === "reviewer" ? "none" : stageTable[stage].writeScope;
  const refused = changes.flatMap((change) => {
    // A rename takes a file away from its old place, so both places must be in scope; a copy leaves its source alone.
    const paths = change.status === "R" && change.oldPath !== undefined ? [change.path, change.oldPath] : [change.path];
    return paths.flatMap((path) => {
      const why = trick(path) ?? refusal(scope, path, change.mode);
      return why === undefined ? [] : [{ path, why }];
    });
  });
  return refused.length > 0 ? err({ type: "write-scope.refused", scope, refused }) : ok(undefined);
}

/** What a stage may write, in one sentence for prompts, refusals and cards. */
export function describeScope(stage: StageName, role: Role): string {
  return scopeTexts[role === "reviewer" ? "none" : stageTable[stage].writeScope];
}

const scopeTexts: Readonly<Record<WriteScope, string>> = {
  markdown: "Markdown documents (*.md) only; docsets and indexes are written by the docset tools",
  code: "everything but docsets and indexes (written by the docset tools), CI and review rules (.github and the like), and instructions to agents (AGENTS.md and the like)",
  prompts: "prompts, Markdown documents (*.md) and the agent's image only",
  none: "nothing in the repository",
};

function refusal(scope: WriteScope, path: string, mode: PathChange["mode"]): string | undefined {
  if (scope === "none") return "this run may change nothing in the repository";
  if (ownedByGateway(path)) return "docsets and indexes are written by the docset tools, not by a push";
  if (isAutomation(path)) return "what runs in CI, and who has to review, is changed by the owner";
  if (scope !== "prompts" && isInstruction(path)) return "what agents take as instructions is changed by the self-improve stage or by the owner";
  if (mode === "symlink") return "a symbolic link can lead anywhere, and is no document";
  if (mode === "submodule") return "a submodule would bring in what nobody reviews here";
  if (scope === "code") return undefined;
  if (mode === "executable") return "a document is not executable";
  const allowed = scope === "prompts" ? isDocument(path) || isPrompt(path) || isAgentImage(path) : isDocument(path);
  if (allowed) return undefined;
  return isDocument(path.toLowerCase()) ? "a document's name ends in .md, in lower case" : `this stage may change ${scopeTexts[scope]}`;
}

function isDocument(path: string): boolean {
  return path.endsWith(".md") && fileName(path) !== ".md";
}

function isPrompt(path: string): boolean {
  return path.startsWith("core/prompts/") || path.startsWith("prompts/");
}

function isAgentImage(path: string): boolean {
  return /^(?:Containerfile|Dockerfile)\.agent$/.test(fileName(path));
}

/** Files that a forge or a CI service acts on by itself. `.md` files of `.github` are templates for people. */
function isAutomation(path: string): boolean {
  const folded = fold(path);
  const name = fileName(folded);
  if (/^(?:\.github|\.gitea|\.forgejo|\.gitlab|\.circleci|\.buildkite|\.woodpecker|\.drone)\//.test(folded) && !folded.endsWith(".md")) return true;
  return (
    name === "codeowners" ||
    name === ".gitmodules" ||
    name === "jenkinsfile" ||
    /^(?:\.gitlab-ci|\.travis|\.drone|\.cirrus|azure-pipelines|bitbucket-pipelines)\.ya?ml$/.test(name)
  );
}

/** Files that agents read by themselves and obey, wherever they lie. */
function isInstruction(path: string): boolean {
  const folded = fold(path);
  return (
    /^(?:agents|agents\.override|claude|claude\.local|gemini|copilot-instructions)\.md$|^\.cursorrules$|^\.mcp\.json$/.test(fileName(folded)) ||
    folded.split("/").some((part) => [".codex", ".agents", ".claude", ".cursor", ".gemini"].includes(part))
  );
}

/** Compared as a file system would that ignores case and unites characters that look alike. */
function ownedByGateway(path: string): boolean {
  const folded = fold(path);
  return ["docs/_docset", "docs/_index"].some((folder) => folded === folder || folded.startsWith(`${folder}/`));
}

/** Why a path may mean something else than it says. Git refuses most of these itself; a mirror must not depend on it. */
function trick(path: string): string | undefined {
  if (path === "" || path.length > 4_096) return "the path is empty or too long";
  if (!path.isWellFormed() || /[\p{Cc}\p{Cf}\u2028\u2029\uFFFD]/u.test(path)) return "the path has characters that cannot be seen or read";
  if (path.includes("\\")) return "the path has a backslash, which is a separator on some systems";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "the path is absolute";
  for (const part of path.split("/")) {
    if (part === "") return "the path has an empty part";
    if (part === "." || part === "..") return "the path leaves its place";
    if (/[. ]$/.test(part)) return "a part of the path ends in a dot or a space, which some systems drop";
    if (isGitFolder(part)) return "the path is inside git's own folder";
  }
  return undefined;
}

/** `.git`, its short name on Windows, and its streams on NTFS. */
function isGitFolder(part: string): boolean {
  return /^(?:\.git|git~\d+)(?::.*)?$/.test(fold(part));
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
