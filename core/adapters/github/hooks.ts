import type { Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { Forge, ForgeDelivery } from "../../ports/forge.ts";
import { split, type GitHubClient, type GitHubConnection } from "./client.ts";
import { toDelivery } from "./mapping.ts";

const perPage = 100;

type HookMembers = Pick<Forge, "ensureHook" | "deliveries" | "redeliver">;

/** Webhooks and what GitHub remembers of their deliveries. Errors are Octokit's own here; github-forge.ts translates them. */
export function hookMembers(connection: GitHubConnection): HookMembers {
  return {
    ensureHook: async (repository, hook) => ensureHook(await connection.client(repository), repository, hook),
    deliveries: async (repository, hookId, since) => deliveries(await connection.client(repository), repository, hookId, since),
    async redeliver(repository, hookId, attemptId) {
      const client = await connection.client(repository);
      await client.rest.repos.redeliverWebhookDelivery({ ...split(repository), hook_id: hookId, delivery_id: attemptId });
    },
  };
}

/** GitHub never shows a secret, so an existing hook is always written again: that is the only way to know that it has ours. */
async function ensureHook(client: GitHubClient, repository: RepositoryName, hook: Parameters<Forge["ensureHook"]>[1]): Promise<number> {
  const settings = { active: true, events: [...hook.events], config: { url: hook.url, content_type: "json", insecure_ssl: "0", secret: hook.secret } };
  const all = await client.paginate(client.rest.repos.listWebhooks, { ...split(repository), per_page: perPage });
  const [kept, ...surplus] = all.filter((candidate) => candidate.config.url === hook.url);
  for (const { id } of surplus) await client.rest.repos.deleteWebhook({ ...split(repository), hook_id: id });
  if (!kept) return (await client.rest.repos.createWebhook({ ...split(repository), ...settings })).data.id;
  await client.rest.repos.updateWebhook({ ...split(repository), hook_id: kept.id, ...settings });
  return kept.id;
}

/** Newest first; stops at the first page that reaches back beyond `since`. */
async function deliveries(client: GitHubClient, repository: RepositoryName, hookId: number, since: Instant): Promise<readonly ForgeDelivery[]> {
  const found: ForgeDelivery[] = [];
  const request = { ...split(repository), hook_id: hookId, per_page: perPage };
  for await (const { data } of client.paginate.iterator(client.rest.repos.listWebhookDeliveries, request)) {
    found.push(...data.map(toDelivery));
    const last = found.at(-1);
    if (last && last.deliveredAt < since) break;
  }
  return found.filter((delivery) => delivery.deliveredAt >= since);
}
