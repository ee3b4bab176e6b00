import type { Check } from "../../contract/connection.ts";
import { findingsOf } from "../../usecases/check-outcome.ts";
import { environmentChecks, type EnvironmentProbes } from "./doctor/environment.ts";
import { connectionChecks, type ConnectionProbes } from "./doctor/connections.ts";
import { recordChecks, type RecordProbes } from "./doctor/records.ts";

/** Everything the doctor looks at, each as a small function that throws when it cannot look. */
export interface DoctorDependencies extends EnvironmentProbes, ConnectionProbes, RecordProbes {
  /** Milliseconds after which a check that has not answered counts as failed. */
  readonly patience?: number | undefined;
}

const defaultPatience = 15_000;

/** Runs every check, and never throws: a check that cannot look is itself a finding. The order is the one in which an owner would mend. */
export async function runChecks(deps: DoctorDependencies): Promise<Check[]> {
  const checks = [...environmentChecks(deps), ...connectionChecks(deps), ...recordChecks(deps)];
  return [...(await findingsOf(checks, after, deps.patience ?? defaultPatience))];
}

function after(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}
