import { ok } from "../../domain/kernel/result.ts";
import type { TargetVersion } from "../../domain/kernel/values.ts";
import { revealHidden } from "../../domain/kernel/hidden-characters.ts";
import type { ReviewThread } from "../../ports/forge.ts";
import { effectMarker, refuse, withoutMarkers, type Tool, type ToolContext } from "./tool.ts";

type Arguments = {
  readonly number: number;
  readonly body: string;
  readonly replyToThread?: string | undefined;
  readonly resolve?: boolean | undefined;
};

/** github_comment: a comment on an issue or pull request, or the reply in a review thread of the run's pull request. A hidden marker makes a repeat find it. */
export const comment: Tool<Arguments> = {
  name: "github_comment",
  version: 1,
  effectful: true,
  risk: "low",
  resolve: async (context, given) => {
    const asked = given as unknown as Arguments;
    const args: Arguments = { ...asked, body: withoutMarkers(asked.body) };
    if (args.replyToThread === undefined) return ok(args);
    if (context.run.pull === undefined) return refuse("This run has no pull request, so it has no review threads to reply to.");
    if (args.number !== context.run.pull) return refuse(`A reply in a review thread belongs to this run's pull request: number must be ${context.run.pull}.`);
    return (await findThread(context, args.replyToThread))
      ? ok(args)
      : refuse(`There is no review thread '${args.replyToThread}' on pull request #${context.run.pull}.`);
  },
  facts: ({ run }, { number }) => ({ ownTarget: number === run.issue || number === run.pull, triggerLabel: false }),
  summary: ({ number, replyToThread }) => (replyToThread === undefined ? `Comment on #${number}` : `Reply in a review thread of #${number}`),
  preview: async ({ run, deps }, { number, body }) => {
    const issue = await deps.forge.issue(run.repository, number);
    return { type: "text", target: { kind: issue.isPull ? "pull" : "issue", number }, text: revealHidden(body) };
  },
  targetVersion: async ({ run, deps }, { number }) => `${number}:${(await deps.forge.issue(run.repository, number)).state}` as TargetVersion,
  probe: async (context, args, key) => {
    const marker = effectMarker(key);
    const written =
      args.replyToThread === undefined
        ? await context.deps.forge.comments(context.run.repository, args.number)
        : ((await findThread(context, args.replyToThread))?.comments ?? []);
    const found = written.find((candidate) => candidate.body.includes(marker));
    return found ? { message: "The comment is posted.", id: found.id } : undefined;
  },
  perform: async (context, args, key) => {
    const { forge } = context.deps;
    const body = `${args.body}\n\n${args.resolve === true ? "_The agent considers this thread settled._\n\n" : ""}${effectMarker(key)}`;
    if (args.replyToThread === undefined) {
      const { id } = await forge.createComment(context.run.repository, args.number, body);
      return { message: "The comment is posted.", id };
    }
    const first = (await findThread(context, args.replyToThread))?.comments[0];
    if (!first) return { message: "The review thread is gone; nothing was posted.", posted: false };
    const { id } = await forge.replyToThread(context.run.repository, args.number, first.id, body);
    return { message: "The reply is posted.", id };
  },
};

async function findThread({ run, deps }: ToolContext, id: string): Promise<ReviewThread | undefined> {
  if (run.pull === undefined) return undefined;
  return (await deps.forge.reviewThreads(run.repository, run.pull)).find((thread) => thread.id === id);
}
