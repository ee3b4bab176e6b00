/** One attack of a suite, and what refuses it. Each is one row in docs/security.md; the page's test holds the two together. */
export interface AttackCase {
  /** `D-07` (decisions), `A-31` (agents): stable, never used again for something else. */
  readonly id: string;
  /** What is attacked: a decision's part, or the category of OWASP's list for agentic applications. */
  readonly category: string;
  /** What the attacker does, in one line without a full stop. */
  readonly attack: string;
  /** What refuses it, in one line: the boundary and, where it helps, the rule. */
  readonly refusedBy: string;
  /** Refused where agents run as local processes? `no` only for what needs the pod's own boundaries. */
  readonly inLocalProcess: "yes" | "no";
}
