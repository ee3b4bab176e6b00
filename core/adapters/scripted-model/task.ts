import type { WorkingLanguage } from "../../domain/run/specification.ts";
import { factOf, type TurnText } from "../../domain/run/turn-text.ts";
import type { DocumentOrder } from "./document.ts";
import type { SettledQuestion } from "./issue-facts.ts";

/** What a stage prompt asks for, as read from its text. */
export interface Task {
  readonly repository: string;
  readonly issue: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly pull: number | undefined;
  readonly stage: string;
  readonly variant: string;
  readonly role: string;
  readonly baseBranch: string;
  readonly language: WorkingLanguage;
  readonly reviewers: readonly string[];
  readonly tools: ReadonlySet<string>;
  readonly orders: readonly DocumentOrder[];
  readonly earlier: readonly { readonly path: string; readonly type: string }[];
  readonly threads: readonly Thread[];
  readonly answers: readonly SettledQuestion[];
}

export interface Thread {
  readonly id: string;
  readonly path: string;
  readonly line: number | undefined;
  readonly comments: readonly string[];
  readonly author: string;
}

export function readTask(turn: TurnText): Task {
  const block = (kind: string): string => turn.blocks.find((candidate) => candidate.kind === kind)?.text ?? "";
  const fact = (name: string): string => factOf(turn, name) ?? "";
  return {
    repository: fact("Repository"),
    issue: numberIn(fact("Issue")) ?? 0,
    title: block("issue-title"),
    body: block("issue-body"),
    url: fact("Issue address"),
    pull: numberIn(fact("Pull request")),
    stage: fact("Stage"),
    variant: fact("Variant"),
    role: fact("Role"),
    baseBranch: fact("Base branch") || "main",
    language: fact("Language of the documents") === "Russian" ? "ru" : "en",
    reviewers: listIn(fact("Reviewers")),
    tools: new Set(listIn(fact("Tools of the server signalbox"))),
    orders: readOrders(turn),
    earlier: readEarlier(turn.prose),
    threads: [...readThreads(turn), ...readWholeReview(turn)],
    answers: turn.blocks
      .filter((candidate) => candidate.kind === "answer" && !isReview(candidate.title))
      .map((candidate) => ({ question: candidate.title ?? "", answer: candidate.text, by: candidate.author ?? "" })),
  };
}

/** Id of what a review says as a whole, outside its threads. */
export const wholeReview = "whole-review";

function isReview(title: string | undefined): boolean {
  return (title ?? "").startsWith("What does the review of pull request");
}

/** A review's own text belongs to no line: it is worked into the document that it is about, by its words, or else into the first one. */
function readWholeReview(turn: TurnText): readonly Thread[] {
  const review = turn.blocks.findLast((block) => block.kind === "answer" && isReview(block.title));
  const text = withoutComments(review?.text ?? "");
  const orders = readOrders(turn);
  const words = new Set(
    text
      .toLowerCase()
      .match(/[a-z]{4,}/g)
      ?.map((word) => word.slice(0, 4)),
  );
  const target = orders.find((order) => order.type.split("_").some((part) => words.has(part.slice(0, 4)))) ?? orders[0];
  if (text === "" || !target) return [];
  return [{ id: wholeReview, path: target.path, line: undefined, comments: [text], author: review?.author ?? "" }];
}

/** Markers that tools leave in texts on the forge say nothing to their readers. */
function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?(-->|$)/g, "").trim();
}

/** The documents that a prompt orders, each with its template. */
export function readOrders(turn: TurnText): readonly DocumentOrder[] {
  return turn.blocks.flatMap((block) =>
    block.kind === "template" && block.path
      ? [{ path: block.path, type: block.type ?? "document", title: block.title ?? block.path, template: block.text }]
      : [],
  );
}

function readThreads(turn: TurnText): readonly Thread[] {
  const threads = new Map<string, { id: string; path: string; line: number | undefined; comments: string[]; author: string }>();
  for (const block of turn.blocks) {
    if (block.kind !== "review-comment" || !block.id) continue;
    const thread = threads.get(block.id) ?? { id: block.id, path: block.path ?? "", line: block.line, comments: [], author: block.author ?? "" };
    thread.comments.push(withoutComments(block.text));
    threads.set(block.id, thread);
  }
  return [...threads.values()];
}

function readEarlier(prose: string): Task["earlier"] {
  const section = /^## Earlier documents in the clone$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(prose)?.[1] ?? "";
  return [...section.matchAll(/^- `(.+)` \(([^,)]+)/gm)].map((match) => ({ path: match[1] ?? "", type: match[2] ?? "" })).slice(0, 80);
}

export function numberIn(text: string): number | undefined {
  const digits = /#(\d{1,9})/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function listIn(text: string): readonly string[] {
  return text === "none"
    ? []
    : text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
}
