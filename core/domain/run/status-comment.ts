import { escapeMarkdown, inlineCode } from "../kernel/markdown.ts";
import { unreachable } from "../kernel/result.ts";
import type { Meter } from "../hold/budget.ts";
import type { Pause } from "../hold/pause.ts";
import type { Instant, RunId } from "../kernel/values.ts";
import { artifactTitle } from "../stage/artifacts.ts";
import { nextStepLink, type NextStep } from "./next-steps.ts";
import type { Run, RunState } from "./run.ts";

/** What the comment is made of. The same view is the same text, so that an edit that would change nothing can be left out. */
export interface StatusCommentView {
  readonly run: Run;
  /** Of the stage's required documents, by type; absent until the stage has been validated. */
  readonly artifacts?: { readonly required: readonly string[]; readonly present: readonly string[] } | undefined;
  /** What the owner is asked, in one sentence of ours, with its id. */
  readonly waitsFor?: { readonly requestId: string; readonly summary: string; readonly expiresAt?: Instant | undefined } | undefined;
  /** What holds it, where it is held from outside: a pause of everything, or the limits that are worth a word. */
  readonly pause?: Pick<Pause, "by" | "since" | "reason"> | undefined;
  readonly meter?: Meter | undefined;
  /** Offered at the end of the stage. */
  readonly nextSteps?: readonly NextStep[] | undefined;
  /** Tokens of all attempts, and the estimated cost in US dollars. */
  readonly usage?: { readonly totalTokens: number; readonly cost?: number | undefined } | undefined;
  /** Anything else that the owner should know; foreign text is welcome. */
  readonly notes?: readonly string[] | undefined;
}

/** The one line by which the comment is found again. */
export function statusCommentMarker(runId: RunId): string {
  return `<!-- signalbox:run:${runId.replaceAll(/[^A-Za-z0-9_.-]|--/g, "")} -->`;
}

/** Whether a comment is the one of this run. A marker that somebody quotes does not stand at the beginning. */
export function isStatusComment(body: string, runId: RunId): boolean {
  return body.startsWith(statusCommentMarker(runId));
}

/** The run's comment under its issue, to be edited in place. Everything in it that is not ours is escaped. */
export function renderStatusComment(view: StatusCommentView): string {
  const { run } = view;
  const sections = [
    `${statusCommentMarker(run.id)}\n### ${title(run)} — ${headline(run.state)}`,
    details(view),
    held(view),
    view.waitsFor ? waiting(view.waitsFor) : "",
    artifacts(view.artifacts),
    steps(view),
    (view.notes ?? []).map((note) => `- ${escapeMarkdown(note)}`).join("\n"),
    `<sub>Run ${inlineCode(run.id)} · kept up to date in place</sub>`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function title({ stage, variant }: Run): string {
  return variant === "revise" ? `${stage} (revise)` : stage;
}

/** The phase in the owner's words. */
export function headline(state: RunState): string {
  switch (state.phase) {
    case "queued":
      return "queued";
    case "preparing":
      return state.losses ? `starting again (attempt ${state.attempt})` : "starting";
    case "running":
      return "working";
    case "waiting_mcp":
      return "waiting for the owner's decision";
    case "waiting_input":
      return "waiting for the owner's answer";
    case "waiting_owner_review":
      return "waiting for the owner's review";
    case "parked":
      return parkedHeadline(state.reason);
    case "succeeded":
      return "approved";
    case "failed":
      return "failed";
    case "failed_precondition":
      return "not started";
    case "cancelled":
      return "cancelled";
    case "superseded":
      return "replaced by a newer run";
    default:
      return unreachable(state);
  }
}

function parkedHeadline(reason: Extract<RunState, { phase: "parked" }>["reason"]): string {
  switch (reason) {
    case "decision":
      return "parked until the owner decides";
    case "answer":
      return "parked until the owner answers";
    case "owner":
      return "held by the owner";
    case "pause":
      return "paused";
    case "budget":
      return "stopped, a budget is spent";
    default:
      return unreachable(reason);
  }
}

function details({ run, usage }: StatusCommentView): string {
  const rows = [
    ["Role", run.role],
    ["Branch", inlineCode(run.branch)],
    ["Pull request", run.pull === undefined ? "" : `#${run.pull}`],
    ["Model", `${inlineCode(run.profile.model)}, reasoning ${run.profile.reasoning}`],
    ["Started by", `${escapeMarkdown(run.trigger.actor)}, ${inlineCode(run.trigger.label)}`],
    ["Reason", reason(run.state)],
    [
      "Tokens",
      usage === undefined
        ? ""
        : `${usage.totalTokens.toLocaleString("en-US")}${usage.cost === undefined ? "" : `, about $${usage.cost.toFixed(2)} (estimate)`}`,
    ],
  ].filter(([, value]) => value !== "");
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${cell(value ?? "")} |`)].join("\n");
}

/** A bar inside inline code still ends a table's cell. */
function cell(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, "\\|");
}

function reason(state: RunState): string {
  if (state.phase === "failed" || state.phase === "failed_precondition") return escapeMarkdown(state.reason);
  return state.phase === "cancelled" ? `${escapeMarkdown(state.reason)} (${escapeMarkdown(state.by)})` : "";
}

function held({ run, pause, meter }: StatusCommentView): string {
  const reason = run.state.phase === "parked" ? run.state.reason : undefined;
  if (reason === "pause" && pause) {
    const why = pause.reason === undefined ? "" : `: ${escapeMarkdown(pause.reason)}`;
    return `**Everything is paused** by ${escapeMarkdown(pause.by)} since ${minute(pause.since)} UTC${why}`;
  }
  if (meter === undefined) return "";
  return `**${meter.level === "spent" ? "A budget is spent" : "A budget is nearly spent"}:** ${describeMeter(meter)}`;
}

/** A limit and its use in words: `$4.02 of $5.00 for this run`. */
export function describeMeter({ scope, unit, used, limit }: Meter): string {
  const amount = (value: number): string => (unit === "usd" ? `$${value.toFixed(2)}` : value.toLocaleString("en-US"));
  return `${amount(used)} of ${amount(limit)}${unit === "tokens" ? " tokens" : ""} ${scope === "run" ? "for this run" : "for all runs of this day (UTC)"}`;
}

function minute(at: Instant): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

function waiting({ requestId, summary, expiresAt }: NonNullable<StatusCommentView["waitsFor"]>): string {
  const until = expiresAt === undefined ? "" : ` Valid until ${minute(expiresAt)} UTC.`;
  return `**The owner is asked:** ${escapeMarkdown(summary)} (${inlineCode(requestId)})${until}`;
}

function artifacts(found: StatusCommentView["artifacts"]): string {
  if (!found || found.required.length === 0) return "";
  const there = new Set(found.present);
  return [
    "**Documents**",
    ...found.required.map((type) => `- [${there.has(type) ? "x" : " "}] ${escapeMarkdown(artifactTitle(type))}${there.has(type) ? "" : " — missing"}`),
  ].join("\n");
}

function steps({ run, nextSteps = [] }: StatusCommentView): string {
  if (nextSteps.length === 0) return "";
  const lines = nextSteps.map(
    (step) => `- [${escapeMarkdown(step.description)}](<${nextStepLink(run.repository, run.issue, step)}>) (${inlineCode(step.label)})`,
  );
  return ["**Next steps** (each opens a preview; nothing changes before you say so)", ...lines].join("\n");
}
