import type { BranchName, Instant } from "../../core/domain/kernel/values.ts";
import { labelNames } from "../../core/domain/label/names.ts";
import { standardLabels } from "../../core/domain/label/standard.ts";
import type { HostWorld } from "../../core/testing/host-world.ts";
import { noteAgents } from "../../core/usecases/known-agents.ts";

const minute = 60_000;

/** The shop's repository as its settings show it: nearly all is there, and each of its people stands differently to it. */
export async function furnishRepository({ forge, clock, inStore }: HostWorld): Promise<void> {
  forge.permissions.set("olga", "admin").set("boris", "triage").set("vera", "maintain").set("shop-agents", "write");
  forge.variables.set("NEED_SRE_LABEL", "need:operations");
  const names = labelNames(forge.variables);
  if (!names.ok) throw new Error("the shop's label variables cannot be used");
  const labels = standardLabels(names.value).map(({ name }) => name);
  forge.labels.push(...labels.filter((name) => name !== "need:km" && name !== "debt"), "[ai-model-gpt-5.3-codex-mini]", "deploy:staging", "run:tests");
  forge.deliveries.push(
    { attemptId: 1, guid: "a", event: "issues", deliveredAt: (clock.now() - 40 * minute) as Instant, ok: true, redelivery: false },
    { attemptId: 2, guid: "b", event: "push", deliveredAt: (clock.now() - 20 * minute) as Instant, ok: false, redelivery: false },
  );
  await inStore(async (tx) => {
    await tx.repositories.save({ name: forge.name, project: "shop", defaultBranch: "main" as BranchName, hookId: 1, reconciledUntil: clock.now() });
    await noteAgents(tx, "shop-agents");
    const [released] = await tx.runs.list({ issue: 3, limit: 1 });
    if (!released) return;
    const tokens = { inputTokens: 1_204_000, cachedInputTokens: 960_500, outputTokens: 31_400, reasoningTokens: 8_020 };
    await tx.usage.append({ runId: released.id, attempt: 1, turn: 2, model: "house-model-7b", ...tokens, at: (clock.now() - 2_000 * minute) as Instant });
  });
}
