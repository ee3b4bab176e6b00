import type { Check } from "../../contract/connection.ts";
import { environmentChecks, type EnvironmentProbes } from "./doctor/environment.ts";
import { connectionChecks, type ConnectionProbes } from "./doctor/connections.ts";
import { recordChecks, type RecordProbes } from "./doctor/records.ts";
import { faultOf, type NamedCheck, type Outcome } from "./doctor/outcome.ts";

/** Everything the doctor looks at, each as a small function that throws when it cannot look. */
export interface DoctorDependencies extends EnvironmentProbes, ConnectionProbes, RecordProbes {
  /** Milliseconds after which a check that has not answered counts as failed. */
  readonly patience?: number | undefined;
}

const defaultPatience = 15_000;

/** Runs every check, at most a few at a time in effect, and never throws: a check that cannot look is itself a finding. The order is the one in which an owner would mend. */
export async function runChecks(deps: DoctorDependencies): Promise<Check[]> {
  const checks = [...environmentChecks(deps), ...connectionChecks(deps), ...recordChecks(deps)];
  return Promise.all(checks.map(async (check) => ({ id: check.id, title: check.title, ...shown(await outcomeOf(check, deps.patience ?? defaultPatience)) })));
}

async function outcomeOf(check: NamedCheck, patience: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(
      () =>
        resolve({
          status: "fail",
          detail: `no answer within ${Math.round(patience / 1_000)} s`,
          remedy: "Look whether the machine is overloaded, then run the check again.",
        }),
      patience,
    );
  });
  try {
    return await Promise.race([check.look().catch(faultOf), late]);
  } finally {
    clearTimeout(timer);
  }
}

function shown({ status, detail, remedy }: Outcome): Omit<Check, "id" | "title"> {
  return { status, detail, ...(remedy === undefined ? {} : { remedy }) };
}
