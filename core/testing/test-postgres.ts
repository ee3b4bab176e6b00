import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Administrator's connection string of a PostgreSQL with pgvector. Absent outside the `db` project, and where no server could be had. */
    postgresUrl: string | undefined;
    /** Why there is no server. Set exactly when the `db` project has no `postgresUrl`. */
    postgresSkipReason: string | undefined;
  }
}

/** The real PostgreSQL of this test run, or undefined when none could be had: `describe.skipIf(!postgresUrl())`. */
export function postgresUrl(): string | undefined {
  return inject("postgresUrl");
}

/** Why {@link postgresUrl} is undefined, in words for the title of what is skipped. */
export function postgresSkipReason(): string | undefined {
  if (postgresUrl() !== undefined) return undefined;
  return inject("postgresSkipReason") ?? "only the db project has a PostgreSQL: run it with --project db";
}
