import { forgeFaults, type ForgeFault } from "../../world/forge-proxy.ts";
import type { Chance } from "./chance.ts";

export const victims = ["relay", "gateway", "orchestrator", "runner", "codex"] as const;
export type Victim = (typeof victims)[number];

/** What is done to whom. Everything that chance decides about a fault is in it, so a schedule can be printed, compared and repeated. */
export type Fault =
  /** `which`, from 0 to 1, chooses among the processes of this kind that are there at that moment. */
  | { readonly type: "kill"; readonly victim: Victim; readonly which: number }
  /** SIGSTOP, and SIGCONT after `seconds`: longer than a lease, so that somebody else has taken over when it wakes. */
  | { readonly type: "freeze"; readonly victim: "orchestrator" | "gateway" | "runner"; readonly which: number; readonly seconds: number }
  | { readonly type: "database-restart"; readonly downFor: number }
  | { readonly type: "database-terminate" }
  | { readonly type: "database-half-open"; readonly seconds: number }
  | { readonly type: "database-reset" }
  | { readonly type: "forge"; readonly fault: ForgeFault; readonly seconds: number; readonly share: number };

export interface Scheduled {
  /** Milliseconds after the start. */
  readonly at: number;
  readonly fault: Fault;
}

export interface SchedulePlan {
  readonly milliseconds: number;
  /** Kills wanted in that time. */
  readonly kills: number;
  /** Faults of the other kinds wanted in that time. */
  readonly others: number;
  /** Seconds of a freeze, at least: the lease and a little. */
  readonly freezeSeconds: number;
}

/**
 * All faults of a run, in the order of their time; the same for the same seed and plan. Kills come evenly with jitter. More are planned than wanted, because some
 * find nobody: the time may be up before the last, and the last may come after the time is up.
 */
export function planFaults(chance: Chance, plan: SchedulePlan): readonly Scheduled[] {
  const kills = spread(chance.branch("kills"), plan.milliseconds, Math.ceil(plan.kills * 1.3), plan.kills, killOf);
  const others = spread(chance.branch("others"), plan.milliseconds, plan.others, plan.others, (of) => otherOf(of, plan.freezeSeconds));
  return [...kills, ...others].toSorted((a, b) => a.at - b.at);
}

function spread(chance: Chance, milliseconds: number, count: number, wanted: number, make: (chance: Chance) => Fault): readonly Scheduled[] {
  // Planned kills are packed a little closer than wanted ones would be.
  const gap = milliseconds / Math.max(1, wanted * 1.15);
  return Array.from({ length: count }, (_, index) => ({ at: Math.round((index + 0.2 + chance.next() * 0.8) * gap), fault: make(chance) }));
}

function killOf(chance: Chance): Fault {
  return { type: "kill", victim: chance.weighted({ relay: 3, gateway: 4, orchestrator: 4, runner: 5, codex: 4 }), which: chance.next() };
}

function otherOf(chance: Chance, freezeSeconds: number): Fault {
  const type = chance.weighted({ forge: 10, freeze: 4, "database-restart": 3, "database-terminate": 3, "database-half-open": 2, "database-reset": 1 });
  switch (type) {
    case "forge":
      return { type, fault: chance.pick(forgeFaults), seconds: chance.between(2, 8), share: chance.pick([0.3, 0.6, 1]) };
    case "freeze":
      return { type, victim: chance.pick(["orchestrator", "gateway", "runner"] as const), which: chance.next(), seconds: freezeSeconds + chance.between(0, 5) };
    case "database-restart":
      return { type, downFor: chance.between(0, 4) * 1_000 };
    case "database-half-open":
      return { type, seconds: chance.between(20, 60) };
    case "database-terminate":
    case "database-reset":
      return { type };
  }
}

/** The fault in one word or two, for counts: `kill relay`, `forge lost-answer`. */
export function faultName(fault: Fault): string {
  if (fault.type === "forge") return `forge ${fault.fault}`;
  return "victim" in fault ? `${fault.type} ${fault.victim}` : fault.type.replace("-", " ");
}
