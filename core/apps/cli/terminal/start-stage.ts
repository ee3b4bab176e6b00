import { countChecks } from "../../../domain/check/check.ts";
import type { StageName } from "../../../domain/stage/stage.ts";
import { stageLoads } from "../../../domain/stage/wip-limits.ts";
import { isForbidden, loadText, previewText } from "../texts/preview.ts";
import type { Session } from "./terminal-state.ts";

interface Move {
  readonly repository: string;
  readonly issue: number;
  readonly to: StageName;
}

/** At first use, when nothing has ever run: the sample issue. @returns whether a stage was started. */
export async function offerSample(session: Session): Promise<boolean> {
  const { client, dialogue } = session;
  const sample = (await client.projects.list()).find((project) => project.sample);
  const { runs } = await client.runs.list({ limit: 1 });
  if (!sample || runs.length > 0) return false;
  const issue = await client.projects.sampleIssue();
  dialogue.say(`${issue.title}\n\n${excerpt(issue.body)}`, `Nothing has run here yet. ${sample.repository} has a sample issue:`);
  if (!(await dialogue.agree("Take it to its first stage, intake?"))) return false;
  const number = issue.issue ?? (await client.projects.openIssue({ repository: sample.repository, title: issue.title, body: issue.body })).issue;
  return applyMove(session, { repository: sample.repository, issue: number, to: "intake" });
}

/** Lets the owner choose an issue and a stage. @returns whether it was started. */
export async function startStage(session: Session): Promise<boolean> {
  const { client, dialogue } = session;
  const { cards } = await client.board.cards({});
  if (cards.length === 0) {
    dialogue.say("There is no open issue. signalbox rehearse --issue FILE.md opens one, and so does the forge.");
    return false;
  }
  const chosen = await dialogue.choose(
    "Which issue?",
    cards.map((card, index) => ({
      value: String(index),
      label: `${card.repository}#${card.issue}  ${card.title}`,
      hint: [card.stage ? `${card.stage}: ${card.status}` : card.status, ...(card.checks ? [`PR #${card.pull}: ${countChecks(card.checks)}`] : [])].join("; "),
    })),
  );
  const card = cards[Number(chosen ?? -1)];
  if (!card) return false;
  const stages = await client.board.stages();
  const loads = stageLoads(cards, await client.board.limits());
  const room = (stage: StageName): string[] => loads.filter((load) => load.repository === card.repository && load.stage === stage).map(loadText);
  const next = stages.find((stage) => stage.name === card.stage)?.next ?? (card.stage ? undefined : "intake");
  const ordered = [...stages.filter((stage) => stage.name === next), ...stages.filter((stage) => stage.name !== next && stage.kind === "process")];
  const to = await dialogue.choose(
    "Which stage?",
    ordered.map((stage) => ({
      value: stage.name,
      label: stage.name,
      hint: [stage.name === next ? "the next one" : stage.artifacts.slice(0, 3).join(", "), ...room(stage.name)].filter(Boolean).join("; "),
    })),
  );
  return to !== undefined && applyMove(session, { repository: card.repository, issue: card.issue, to });
}

/** Shows the exact label change; applies it only when nothing stands against it and the owner agrees. */
async function applyMove({ client, dialogue }: Session, move: Move): Promise<boolean> {
  const preview = await client.board.preview(move);
  dialogue.say(previewText(preview), `Labels of ${move.repository}#${move.issue}, to ${move.to}`);
  if (isForbidden(preview)) {
    dialogue.line("It cannot start like this. Nothing was changed.");
    return false;
  }
  if (!(await dialogue.agree("Apply exactly this change? The label starts the agent."))) return false;
  await client.board.apply({ ...move, targetVersion: preview.targetVersion });
  return true;
}

/** As much of an issue as leaves room for the question below it. */
const longestExcerpt = 420;

function excerpt(body: string): string {
  const text = body.trim();
  return text.length > longestExcerpt ? `${text.slice(0, longestExcerpt).trimEnd()} …` : text;
}
