import type { Role, StageName } from "../stage/stage.ts";

export type RuleOutcome = "auto" | "ask" | "deny";

/** One row of the approval matrix. Every condition that is present must hold. Deny wins over ask, ask over auto; no rule at all = deny. */
export interface Rule {
  readonly id: string;
  readonly description: string;
  /** Tool name, or a prefix ending in `*`. */
  readonly tool: string;
  readonly repository?: string | undefined;
  readonly stages?: readonly StageName[] | undefined;
  readonly roles?: readonly Role[] | undefined;
  /** Conditions on derived facts of the call (see `CallFacts`), all of which must hold. */
  readonly when?: CallCondition | undefined;
  /** At most this many calls of the tool by one run match this rule; a further one does not. */
  readonly maxCallsPerRun?: number | undefined;
  readonly outcome: RuleOutcome;
  readonly enabled: boolean;
}

/** Facts about a call that rules may look at; computed by us from validated arguments, never told by the agent. */
export interface CallFacts {
  /** The call touches only the run's own issue, pull request and branch. */
  readonly ownTarget: boolean;
  /** It adds or removes a label that starts runs or deploys. */
  readonly triggerLabel: boolean;
}

export type CallCondition = { readonly [Fact in keyof CallFacts]?: boolean | undefined };
