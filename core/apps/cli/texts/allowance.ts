import type { Allowance, ShownAllowance } from "../../../contract/allowances.ts";

/** Exactly what an allowance lets through, a line for each thing that has to hold. */
export function allowanceText({ tool, repository, scope, arguments: fixed, varying, rule, limit, expiresAt }: ShownAllowance): string {
  return [
    `Calls      ${tool}, for which the rule ${rule} asks`,
    `Where      ${repository}, ${scopeText(scope)}`,
    ...(fixed.length === 0 ? ["Exactly    nothing: no argument is fixed"] : fixed.map(({ name, value }) => `Exactly    ${name} = ${value}`)),
    ...(varying.length === 0 ? ["Varies     nothing"] : varying.map((name) => `Varies     ${name}: anything that shows`)),
    `Times      ${limit}`,
    `Until      ${moment(expiresAt)}`,
  ].join("\n");
}

export function scopeText(scope: Allowance["scope"]): string {
  switch (scope.type) {
    case "run":
      return `the run ${scope.runId}`;
    case "issue":
      return `runs of issue #${scope.issue}`;
    case "stage":
      return `runs of the stage ${scope.stage}`;
    case "repository":
      return "every run";
  }
}

/** What an allowance has come to, in a few words. */
export function allowanceStateText({ phase, used, limit, expiresAt, closedAt, revokedBy }: Allowance): string {
  const uses = `${used} of ${limit} used`;
  switch (phase) {
    case "active":
      return `${uses}, until ${moment(expiresAt)}`;
    case "used-up":
      return `used up: ${uses}`;
    case "expired":
      return `over since ${moment(closedAt ?? expiresAt)}, ${uses}`;
    case "revoked":
      return `revoked by ${revokedBy ?? "somebody"}, ${uses}`;
    case "untrusted":
      return "NOT TRUSTED: changed or put in by hand, lets nothing through";
  }
}

function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
