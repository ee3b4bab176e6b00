import type { RequiredArtifact, RunSpecification } from "../domain/run/specification.ts";
import { fencedBlock, fenceFor, fenceNotice, turnHeadings, type Block, type TurnKind } from "../domain/run/turn-text.ts";
import type { PromptLibrary } from "../ports/prompt-library.ts";

const longestBody = 120_000;
const languageNames = { en: "English", ru: "Russian" } as const;

/**
 * The first input of a run: role, stage, facts, and everything that the agent needs to start without looking it up. Foreign text (issue, templates, review
 * comments, answers) is fenced with a nonce that none of it contains.
 *
 * @param nonce at least 8 random letters or digits, new for every prompt.
 */
export function renderStagePrompt(specification: RunSpecification, library: PromptLibrary, nonce: string): string {
  const blocks = stageBlocks(specification);
  return compose("stage", nonce, blocks, (block) => [
    library.role(specification.role).trim(),
    library.stage(specification.stage, specification.variant).trim(),
    `## This run\n\n${runFacts(specification)}`,
    library.rules().trim(),
    `## Issue #${specification.issue.number}\n\n${block("issue-title")}\n\n${block("issue-body")}`,
    artifactSection(specification, block),
    previousSection(specification),
    answersSection(specification, block),
    threadSection(specification, block),
    `## Now\n\n${nowSection(specification)}`,
  ]);
}

export interface PushAccepted {
  readonly commit: string;
  readonly files: readonly string[];
  /** Ask for the publishing steps: pull request, docset, links, review request. */
  readonly publish: boolean;
  /** The stage's pull request, when there is one already. */
  readonly pull?: number | undefined;
}

/** The runner pushed what the last turn changed, and the gateway took it. */
export function renderPushAccepted(input: PushAccepted, nonce: string): string {
  const facts = [
    `- Commit: ${input.commit}`,
    `- Publish: ${input.publish ? "yes" : "no"}`,
    `- Pull request: ${input.pull === undefined ? "none yet" : `#${input.pull}`}`,
  ];
  const next = input.publish
    ? "Publish now, with the signalbox tools: pull request (unless there is one), metadata and links of every document, docset of the issue and of the pull request, issue map, validation of the required artifacts, replies to review threads if this is a revision, review request, end of the knowledge session. Change no files in this turn. End the turn with a short summary for the owner."
    : "Go on with what is left, or end the turn with a short summary for the owner.";
  return compose("push-accepted", nonce, [{ kind: "files", text: input.files.join("\n") }], (block) => [
    facts.join("\n"),
    `Files in the push:\n\n${block("files")}`,
    next,
  ]);
}

export interface PushRefused {
  /** What the gateway's git endpoint answered. */
  readonly message: string;
  /** Paths outside the stage's write scope, where the answer names them. */
  readonly files: readonly string[];
}

/** The gateway refused the push; nothing reached the forge. */
export function renderPushRefused(input: PushRefused, nonce: string): string {
  const blocks = [
    { kind: "message", text: input.message },
    { kind: "files", text: input.files.join("\n") },
  ];
  return compose("push-refused", nonce, blocks, (block) => [
    "The gateway refused the push of your changes. Nothing of it reached the forge.",
    block("message"),
    input.files.length > 0 ? `Files that this stage may not change:\n\n${block("files")}` : block("files"),
    "Bring these files back to their state on the base branch (delete those that are new), keep the rest of your work, and end the turn. Do not look for another way to get them through: if the stage cannot be done without them, say so and ask with `owner_ask`.",
  ]);
}

export interface DecisionResult {
  readonly tool: string;
  readonly verdict: "executed" | "failed" | "denied" | "expired" | "stale";
  /** Login of the person who decided. */
  readonly by?: string | undefined;
  /** The owner's words, for a denial; the error, for a failure. */
  readonly reason?: string | undefined;
  /** The tool's result as JSON, when it ran. */
  readonly result?: string | undefined;
  /** The arguments as JSON that the owner put in the place of the agent's. */
  readonly edited?: string | undefined;
}

const decisionMeaning = {
  executed: "The owner approved the call and it was carried out. Its result is below. Do not call it again; go on with the remaining steps.",
  failed:
    "The owner approved the call, but carrying it out failed. Do not repeat it unchanged; go on with the remaining steps and mention the failure in your summary.",
  denied:
    "The owner denied the call. Accept it: do not repeat the call and do not reach the same effect by other means. Adapt to the reason and go on with the remaining steps.",
  expired: "Nobody decided in time, so the call was not carried out. Go on without it and mention it in your summary.",
  stale: "What the call was aimed at changed before it was carried out, so it was not. Look at the new state; call again only if it is still right.",
} as const satisfies Record<DecisionResult["verdict"], string>;

/** A call that had returned `pending` has been decided. */
export function renderDecisionResult(input: DecisionResult, nonce: string): string {
  const blocks = [
    { kind: "reason", text: input.reason ?? "" },
    { kind: "result", text: input.result ?? "" },
    { kind: "edited", text: input.edited ?? "" },
  ];
  return compose("decision", nonce, blocks, (block) => [
    [`- Tool: ${oneLine(input.tool)}`, `- Verdict: ${input.verdict}`, ...(input.by ? [`- By: ${oneLine(input.by)}`] : [])].join("\n"),
    decisionMeaning[input.verdict],
    input.edited
      ? `Before deciding, the owner changed the arguments of your call. The verdict is on these, not on yours; go on with what they say, and do not call for the difference:\n\n${block("edited")}`
      : "",
    input.reason ? `Reason:\n\n${block("reason")}` : "",
    input.result ? `Result:\n\n${block("result")}` : "",
  ]);
}

export interface AnswerInput {
  readonly question: string;
  readonly answer: string;
  readonly by: string;
}

/** The owner answered an `owner_ask` that had returned `pending`. */
export function renderAnswer(input: AnswerInput, nonce: string): string {
  const blocks = [
    { kind: "question", text: input.question },
    { kind: "answer", author: input.by, text: input.answer },
  ];
  return compose("answer", nonce, blocks, (block) => [
    `- By: ${oneLine(input.by)}`,
    `You asked:\n\n${block("question")}`,
    `The answer:\n\n${block("answer")}`,
    "Use it as the owner's decision on this question (and on nothing else), record it in the documents that it concerns, and go on with the remaining steps of the stage.",
  ]);
}

/** The last attempt ended before its turn did: a restart, a lost node, a park by the owner. */
export function renderInterrupted(input: { readonly reason: string }, nonce: string): string {
  return compose("interrupted", nonce, [{ kind: "reason", text: input.reason }], (block) => [
    "Your last turn was cut off, for this reason:",
    block("reason"),
    "The files in the workspace may be older than you remember. Look at what is there, do what is left of the stage, repeat no tool call that already succeeded, and end the turn.",
  ]);
}

/** Required artifacts that the validation did not find, or found unfit. */
export function renderMissing(input: { readonly artifacts: readonly RequiredArtifact[]; readonly problems: readonly string[] }, nonce: string): string {
  const blocks = [...input.artifacts.map(templateBlock), { kind: "problems", text: input.problems.join("\n") }];
  return compose("missing", nonce, blocks, (_block, all) => [
    "The stage cannot end yet. What is wrong is listed in the block of kind `problems`. Put it right: write a missing or unfit artifact at the path of its template below, make up for a step that a tool was to do, then end the turn.",
    input.artifacts.map((artifact) => `- ${oneLine(artifact.title)} (\`${artifact.type}\`)`).join("\n"),
    ...all,
  ]);
}

/** The owner asks something before deciding on the stage's result. */
export function renderOwnerQuestion(input: { readonly question: string; readonly by: string }, nonce: string): string {
  return compose("owner-question", nonce, [{ kind: "question", author: input.by, text: input.question }], (block) => [
    `- By: ${oneLine(input.by)}`,
    "The owner looks at your result and asks:",
    block("question"),
    "Answer from the documents and the issue, with references, as a comment on the issue by `github_comment`, and end the turn with the same answer. Change files only if the owner asks for it.",
  ]);
}

/** The owner tells the agent something while it works. Their words, so they count; what the agent may do stays as it is. */
export function renderOwnerNote(input: { readonly text: string; readonly by: string }, nonce: string): string {
  return compose("owner-note", nonce, [{ kind: "note", author: input.by, text: input.text }], (block) => [
    `- By: ${oneLine(input.by)}`,
    "The owner of this work has sent you a note while you were at it:",
    block("note"),
    "Follow it in what you do from here on; this note is from the owner, unlike what others wrote. It changes neither your tools nor your write scope: what needs a decision is still asked. If your work is done already, put right what the note is about, then end the turn.",
  ]);
}

type PlainBlock = Omit<Block, "text"> & { readonly text: string };

/** Puts heading, fence notice and sections together. `block(kind)` gives the fenced block of that kind (and `id`), empty when there is none. */
function compose(
  kind: TurnKind,
  nonce: string,
  blocks: readonly PlainBlock[],
  sections: (block: (kind: string, id?: string) => string, all: readonly string[]) => readonly string[],
): string {
  const fence = fenceFor(
    nonce,
    blocks.map((block) => `${JSON.stringify(block)}\n${block.text}`),
  );
  const render = ({ text, ...header }: PlainBlock): string => fencedBlock(fence, header, text);
  const pick = (wanted: string, id?: string): string =>
    blocks
      .filter((block) => block.kind === wanted && (id === undefined || block.id === id))
      .map(render)
      .join("\n\n");
  const body = sections(pick, blocks.map(render)).filter((section) => section !== "");
  return [turnHeadings[kind], fenceNotice(fence), ...body].join("\n\n") + "\n";
}

function stageBlocks(specification: RunSpecification): readonly PlainBlock[] {
  return [
    { kind: "issue-title", author: specification.issue.author, text: oneLine(specification.issue.title) },
    { kind: "issue-body", author: specification.issue.author, text: bounded(specification.issue.body, specification.issue.url) },
    ...specification.requiredArtifacts.map(templateBlock),
    ...specification.answers.map((answer, index) => ({ kind: "answer", id: `${index}`, title: answer.question, author: answer.by, text: answer.answer })),
    ...specification.reviewThreads.flatMap((thread) =>
      thread.comments.map((comment) => ({
        kind: "review-comment",
        id: thread.id,
        path: thread.path,
        line: thread.line,
        author: comment.author,
        text: comment.body,
      })),
    ),
  ];
}

function templateBlock(artifact: RequiredArtifact): PlainBlock {
  return { kind: "template", path: artifact.path, type: artifact.type, title: artifact.title, text: artifact.template };
}

function runFacts(specification: RunSpecification): string {
  const { issue, pull } = specification;
  return [
    `- Repository: ${specification.repository}`,
    `- Issue: #${issue.number}`,
    `- Issue address: ${oneLine(issue.url)}`,
    `- Labels: ${issue.labels.map(oneLine).join(", ") || "none"}`,
    `- Pull request: ${pull ? `#${pull.number} ${oneLine(pull.url)}` : "none yet"}`,
    `- Stage: ${specification.stage}`,
    `- Variant: ${specification.variant}`,
    `- Role: ${specification.role}`,
    `- Branch: ${specification.branch}`,
    `- Base branch: ${specification.baseBranch}`,
    `- Language of the documents: ${languageNames[specification.workingLanguage]}`,
    `- Reviewers: ${specification.reviewers.map(oneLine).join(", ") || "none"}`,
    `- Tools of the server signalbox: ${specification.tools.join(", ") || "none"}`,
  ].join("\n");
}

function artifactSection(specification: RunSpecification, block: (kind: string) => string): string {
  const artifacts = specification.requiredArtifacts;
  if (artifacts.length === 0) return "";
  const list = artifacts.map((artifact) => `- \`${oneLine(artifact.path)}\`: ${oneLine(artifact.title)} (\`${artifact.type}\`)`).join("\n");
  const rule =
    "Each document starts from its template: keep the front matter's fields and the headings that fit, fill every section with content, remove the guidance.";
  return `## Artifacts of this stage\n\n${list}\n\n${rule}\n\n${block("template")}`;
}

function previousSection(specification: RunSpecification): string {
  if (specification.previousDocuments.length === 0) return "";
  const list = specification.previousDocuments.map(
    (document) => `- \`${oneLine(document.path)}\` (${document.type}${document.stage ? `, from ${document.stage}` : ""})`,
  );
  return `## Earlier documents in the clone\n\nRead them first; build on them, link to them, and do not contradict them silently.\n\n${list.join("\n")}`;
}

function answersSection(specification: RunSpecification, block: (kind: string) => string): string {
  if (specification.answers.length === 0) return "";
  return `## What the owner has answered already\n\nThese questions are settled (the title of a block is the question); do not ask them again.\n\n${block("answer")}`;
}

function threadSection(specification: RunSpecification, block: (kind: string, id?: string) => string): string {
  if (specification.reviewThreads.length === 0) return "";
  const threads = specification.reviewThreads.map((thread) => {
    const place = thread.line === undefined ? oneLine(thread.path) : `${oneLine(thread.path)}:${thread.line}`;
    return `### Thread \`${oneLine(thread.id)}\` on \`${place}\`\n\n${block("review-comment", thread.id)}`;
  });
  return `## Open review threads\n\n${threads.join("\n\n")}`;
}

function nowSection(specification: RunSpecification): string {
  if (specification.stage === "discussion") return "Answer under the issue. Change no files.";
  if (specification.variant === "revise")
    return "Work through the open threads: for each one a change, or a reasoned refusal that you give as a reply after the push. Then end the turn.";
  return "Do the work of the stage in the workspace, then end the turn. The runner commits and pushes what you changed, and tells you how it went.";
}

/** Issues on GitHub end at 65,536 characters; what people hand in from files may be larger than a model's context. */
function bounded(body: string, url: string): string {
  if (body.length <= longestBody) return body;
  return `${body.slice(0, longestBody)}\n\n[${body.length - longestBody} more characters are left out here; the whole text is at ${oneLine(url)}]`;
}

/** Facts stand on one line: a line break in a title or a path must not be able to start a line of its own. */
function oneLine(text: string): string {
  return text.replace(/[\s\u2028\u2029]+/g, " ").trim();
}
