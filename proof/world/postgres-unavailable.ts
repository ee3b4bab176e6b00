import { obtainPostgres } from "../../build/testbed/postgres-distribution.ts";
import { Unavailable } from "../../build/testbed/unavailable.ts";

/** Why this machine cannot have a PostgreSQL of its own, for the title of what is skipped then; undefined where it can. */
export async function postgresUnavailable(): Promise<string | undefined> {
  try {
    await obtainPostgres();
    return undefined;
  } catch (error) {
    if (error instanceof Unavailable) return `(skipped: ${error.message})`;
    throw error;
  }
}
