import { InfrastructureError } from "../../../ports/infrastructure-error.ts";

/** A save that meets no row would lose what it was to store. */
export function assertFound(rows: readonly unknown[], what: string, id: string): void {
  if (rows.length === 0) throw new InfrastructureError("not-found", `There is no ${what} ${id} to save.`);
}
