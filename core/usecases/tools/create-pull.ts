import { ok } from "../../domain/kernel/result.ts";
import type { BranchName, TargetVersion } from "../../domain/kernel/values.ts";
import type { ToolArguments } from "../../domain/tool/tool.ts";
import { revealHidden } from "../../domain/kernel/hidden-characters.ts";
import type { ForgePull } from "../../ports/forge.ts";
import { changeRun } from "../change-run.ts";
import { refuse, withoutMarkers, type Tool, type ToolContext, type ToolOutcome } from "./tool.ts";

type Arguments = { readonly title: string; readonly body: string; readonly head: string; readonly base: string };

/** github_create_pr: opens the pull request of the run's branch, or finds the open one. Branch and base are the run's, and part of what is decided on. */
export const createPull: Tool<Arguments> = {
  name: "github_create_pr",
  version: 1,
  effectful: true,
  risk: "low",
  resolve: async ({ run, deps }, given) => {
    const tip = await deps.mirror.fetch(run.repository, run.branch);
    if (!tip)
      return refuse(
        "Nothing has been pushed on this run's branch yet. Your changes are pushed when your turn ends: end it, and open the pull request in the next turn.",
      );
    const { title, body } = given as unknown as ToolArguments["github_create_pr"];
    return ok({ title, body: withoutMarkers(body), head: run.branch, base: run.baseBranch });
  },
  facts: ({ run }, { head, base }) => ({ ownTarget: head === run.branch && base === run.baseBranch, triggerLabel: false }),
  summary: ({ title, head, base }) => revealHidden(`Open a pull request "${title}" from ${head} to ${base}`),
  preview: async (_context, { title, body, head, base }) => ({ type: "pull", title: revealHidden(title), body: revealHidden(body), head, base }),
  targetVersion: async ({ run, deps }, { head }) => `head:${(await deps.mirror.fetch(run.repository, head as BranchName)) ?? "none"}` as TargetVersion,
  probe: async (context, { head }) => {
    const open = await context.deps.forge.openPullFrom(context.run.repository, head as BranchName);
    return open ? link(context, open, false) : undefined;
  },
  perform: async (context, { title, body, head, base }) => {
    const { forge } = context.deps;
    const open = await forge.openPullFrom(context.run.repository, head as BranchName);
    if (open) return link(context, open, false);
    return link(context, await forge.createPull(context.run.repository, { title, body, head: head as BranchName, base: base as BranchName }), true);
  },
};

/** Ties the run to its pull request: gate, comments and docset follow it from here on. */
async function link({ run, deps }: ToolContext, pull: ForgePull, created: boolean): Promise<ToolOutcome> {
  await deps.store.transaction(async (tx) => {
    const current = await tx.runs.get(run.id, { lock: true });
    if (current) await changeRun(tx, current, { type: "link-pull", number: pull.number }, { now: deps.clock.now(), actor: { type: "system", id: "gateway" } });
  });
  return {
    message: created ? `Pull request #${pull.number} is open.` : `Pull request #${pull.number} was open already.`,
    number: pull.number,
    url: pull.url,
    created,
  };
}
