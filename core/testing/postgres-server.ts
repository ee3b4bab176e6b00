import { describe } from "vitest";
import { postgresSkipReason, postgresUrl } from "./test-postgres.ts";

/**
 * A suite that needs a real PostgreSQL server. Where none is to be had it is skipped, with the reason in its title.
 * @param suite gets the server's URL; databases on it come from `freshPostgres`.
 */
export function describeOnPostgres(name: string, suite: (serverUrl: string) => void): void {
  const serverUrl = postgresUrl();
  if (serverUrl !== undefined) describe(name, () => suite(serverUrl));
  else describe.skip(`${name} (skipped: ${postgresSkipReason()})`, () => suite("postgres://skipped.invalid/postgres"));
}
