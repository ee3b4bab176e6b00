import type { RepositoryName } from "../../domain/kernel/values.ts";
import type { HostDependencies } from "./dependencies.ts";
import { notFound } from "./failures.ts";

/** The error for a repository that is none of ours. */
export function notLookedAfter(repository: string): ReturnType<typeof notFound> {
  return notFound("repository", repository, "Signalbox does not look after it; the list of projects shows which it does.");
}

/** @throws NOT_FOUND unless Signalbox looks after the repository. */
export async function assertLookedAfter({ repositories }: Pick<HostDependencies, "repositories">, repository: RepositoryName): Promise<void> {
  if (!(await repositories()).includes(repository)) throw notLookedAfter(repository);
}
