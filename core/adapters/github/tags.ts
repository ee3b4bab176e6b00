import type { Forge, ForgeTag } from "../../ports/forge.ts";
import type { RepositoryName } from "../../domain/kernel/values.ts";
import { split, type GitHubClient, type GitHubConnection } from "./client.ts";
import { statusOf } from "./issues.ts";

/** Tags through the Git database, which can make annotated ones. Errors are Octokit's own here; github-forge.ts translates them. */
export function tagMembers(connection: GitHubConnection): Pick<Forge, "createTag" | "tags"> {
  return {
    async createTag(repository, { name, branch, message }) {
      const client = await connection.client(repository);
      const { data: tip } = await client.rest.git.getRef({ ...split(repository), ref: `heads/${branch}` });
      // An object without a reference is nothing yet: dying in between leaves nothing behind that anybody sees.
      const { data: tag } = await client.rest.git.createTag({ ...split(repository), tag: name, message, object: tip.object.sha, type: "commit" });
      try {
        await client.rest.git.createRef({ ...split(repository), ref: `refs/tags/${name}`, sha: tag.sha });
      } catch (error) {
        if (statusOf(error) !== 422) throw error;
        // Taken, or not acceptable at all: only in the first case it is there to be read.
        await client.rest.git.getRef({ ...split(repository), ref: `tags/${name}` });
      }
    },
    tags: async (repository, prefix) => tags(await connection.client(repository), repository, prefix),
  };
}

async function tags(client: GitHubClient, repository: RepositoryName, prefix: string): Promise<readonly ForgeTag[]> {
  const { data: refs } = await client.rest.git.listMatchingRefs({ ...split(repository), ref: `tags/${prefix}` });
  const found: ForgeTag[] = [];
  for (const { ref, object } of refs) {
    const message = object.type === "tag" ? (await client.rest.git.getTag({ ...split(repository), tag_sha: object.sha })).data.message : "";
    found.push({ name: ref.slice("refs/tags/".length), message });
  }
  return found;
}
