import { InfrastructureError } from "./infrastructure-error.ts";

/** SQLSTATE of an error that a PostgreSQL server (or PGlite) reported; undefined for everything else. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || typeof error.code !== "string") return undefined;
  // Node's own codes look alike (EPIPE, EBUSY), but no class of SQLSTATE begins with an E, and every one has a digit.
  return /^(?!E)(?=.*\d)[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/**
 * What an error that the database itself reported means for its callers: a retryable `conflict` for a lost serialisation or deadlock, `conflict` for a broken
 * uniqueness, `unavailable` when the server goes away or has no room, `unauthorised` for a refused login, `unwritable` for a full or read-only disk, and `internal` for the rest.
 */
export function translateSqlError(cause: unknown, state: string): InfrastructureError {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (state === "40001" || state === "40P01" || state === "55P03") {
    return new InfrastructureError("conflict", `Two transactions got in each other's way: ${said}`, { cause, retryable: true });
  }
  if (state === "23505") return new InfrastructureError("conflict", `The database holds such a row already: ${said}`, { cause, retryable: false });
  if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) return unavailable(cause, said, state);
  if (state === "57014") return new InfrastructureError("timeout", `The database gave up on a statement: ${said}`, { cause });
  if (state.startsWith("28") || state === "42501") {
    return new InfrastructureError("unauthorised", `The database refused: ${said}`, {
      cause,
      remedy: "Check the user, the password and the rights in the database URL.",
    });
  }
  if (state === "3D000") {
    return new InfrastructureError("not-found", `There is no such database: ${said}`, {
      cause,
      remedy: "Create the database, or correct its name in the database URL.",
    });
  }
  if (state === "25006" || state === "58030") {
    return new InfrastructureError("unwritable", `The database cannot be written: ${said}`, {
      cause,
      remedy: "Connect to the primary server, and check its disk.",
    });
  }
  return new InfrastructureError("internal", `The database refused a statement (SQLSTATE ${state}): ${said}`, { cause });
}

function unavailable(cause: unknown, said: string, state: string): InfrastructureError {
  const remedy =
    state === "53100"
      ? "Free space on the database's disk."
      : state === "53300"
        ? "Raise the server's max_connections or lower the pool's size."
        : "Check that the database server runs.";
  return new InfrastructureError("unavailable", `The database is not available: ${said}`, { cause, remedy, retryAfter: 1_000 });
}
