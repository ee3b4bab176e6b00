import type { Clock } from "../ports/clock.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";

/** What a check found: what was tried and what came back, and what to do unless all is well. */
export interface Outcome {
  readonly status: "pass" | "warn" | "fail";
  readonly detail: string;
  readonly remedy?: string | undefined;
}

export interface NamedCheck {
  readonly id: string;
  readonly title: string;
  look(): Promise<Outcome>;
}

export function pass(detail: string): Outcome {
  return { status: "pass", detail };
}

export function warn(detail: string, remedy: string): Outcome {
  return { status: "warn", detail, remedy };
}

export function fail(detail: string, remedy: string): Outcome {
  return { status: "fail", detail, remedy };
}

/** A check that could not look has failed, with whatever it was told. */
function faultOf(error: unknown): Outcome {
  const remedy = error instanceof InfrastructureError ? error.remedy : undefined;
  const detail = error instanceof Error ? error.message : String(error);
  return fail(detail, remedy ?? "Run signalbox doctor again; the log of the workspace has the details.");
}

/** What a check found, under its name. */
export interface Finding extends Outcome {
  readonly id: string;
  readonly title: string;
}

/** Makes every check at once, each as {@link findingOf}. The order stays. */
export async function findingsOf(checks: readonly NamedCheck[], after: Clock["after"], patience: number): Promise<readonly Finding[]> {
  return Promise.all(checks.map((check) => findingOf(check, after, patience)));
}

/** Makes a check and never throws: one that cannot look, or has not answered within `patience` milliseconds, has failed. */
export async function findingOf(check: NamedCheck, after: Clock["after"], patience: number): Promise<Finding> {
  const { status, detail, remedy } = await outcomeOf(check, after, patience);
  return { id: check.id, title: check.title, status, detail, ...(remedy === undefined ? {} : { remedy }) };
}

async function outcomeOf(check: NamedCheck, after: Clock["after"], patience: number): Promise<Outcome> {
  let cancel = (): void => undefined;
  const late = new Promise<Outcome>((resolve) => {
    const remedy = "Look whether the machine is overloaded, then run the check again.";
    cancel = after(patience, () => resolve(fail(`no answer within ${Math.round(patience / 1_000)} s`, remedy)));
  });
  try {
    return await Promise.race([check.look().catch(faultOf), late]);
  } finally {
    cancel();
  }
}

/** "3 runs", "1 run". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first few names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join("; ");
  return names.length > 3 ? `${shown}; and ${names.length - 3} more` : shown;
}
