import { ok } from "../../domain/kernel/result.ts";
import type { TargetVersion } from "../../domain/kernel/values.ts";
import { countHidden, revealHidden } from "../../domain/kernel/hidden-characters.ts";
import type { Tool } from "./tool.ts";

type Arguments = { readonly question: string; readonly options: readonly string[]; readonly context?: string | undefined };

/** owner_ask: a question to the owner. It always becomes a request; the answer is its result, so there is nothing to perform. */
export const askOwner: Tool<Arguments> = {
  name: "owner_ask",
  version: 1,
  effectful: true,
  risk: "low",
  resolve: async (_context, given) => ok(given as unknown as Arguments),
  facts: () => ({ ownTarget: true, triggerLabel: false }),
  summary: ({ question }) => `Question: ${revealHidden(question.split("\n")[0] ?? "")}${countHidden(question) > 0 ? " (contains hidden characters)" : ""}`,
  rationale: ({ context }) => context,
  preview: async (_context, { question, options }) => ({ type: "question", question: revealHidden(question), options: options.map(revealHidden) }),
  // A question is about what the owner wants, not about a state of the forge: it cannot go stale.
  targetVersion: async ({ run }) => `question:${run.id}` as TargetVersion,
  probe: async () => undefined,
  perform: async () => ({ message: "A question is answered by the owner only." }),
};
