import type { RunIdentity } from "../../usecases/authenticate-run.ts";
import { HttpRefusal } from "./http.ts";

/** What kinds of requests are counted apart, so that a flood of one does not starve another: a heartbeat gets through whatever the agent's tools do. */
export type RequestKind = "call" | "push" | "fetch" | "snapshot" | "heartbeat" | "protocol";

export interface Rate {
  /** Requests that may come at once after a pause. */
  readonly burst: number;
  readonly perMinute: number;
  /** Requests under way at the same time. */
  readonly open: number;
}

/** What one run may ask of the gateway. Far above what an agent at work needs, far below what would be felt by the others. */
export interface RunLimits {
  readonly rates: Readonly<Record<RequestKind, Rate>>;
  /** Transcript of one attempt. */
  readonly transcriptItems: number;
  readonly transcriptBytes: number;
}

export const defaultRunLimits: RunLimits = {
  rates: {
    call: { burst: 300, perMinute: 300, open: 8 },
    push: { burst: 20, perMinute: 20, open: 2 },
    fetch: { burst: 60, perMinute: 60, open: 4 },
    snapshot: { burst: 40, perMinute: 60, open: 2 },
    heartbeat: { burst: 30, perMinute: 60, open: 2 },
    protocol: { burst: 300, perMinute: 600, open: 8 },
  },
  transcriptItems: 500_000,
  transcriptBytes: 512 * 1024 * 1024,
};

interface Account {
  readonly tokens: Map<RequestKind, { left: number; at: number }>;
  readonly open: Map<RequestKind, number>;
  readonly told: Map<string, number>;
  transcript: { attempt: number; items: number; bytes: number };
  seen: number;
}

export interface RunLimiter {
  /** Counts a request. @returns what ends it. @throws HttpRefusal 429 when the run has had its share for now. */
  enter(identity: RunIdentity, kind: RequestKind): () => void;
  /** Counts transcript items. @throws HttpRefusal 413 when the attempt's transcript is full. */
  transcript(identity: RunIdentity, items: number, bytes: number): void;
}

const forgottenAfter = 600_000;
const toldAgainAfter = 60_000;

/**
 * Keeps one run from taking the gateway from the others: a token bucket and a count of open requests for each kind of request. It counts in this process; a gateway
 * of several processes allows each its share. `reached` is told at most once a minute of each limit of a run.
 */
export function createRunLimiter(limits: RunLimits, now: () => number, reached: (identity: RunIdentity, limit: string) => void): RunLimiter {
  const accounts = new Map<string, Account>();

  function accountOf({ run }: RunIdentity): Account {
    const time = now();
    // Oldest first: an account that is used is put at the end.
    for (const [id, account] of accounts) {
      if (account.seen > time - forgottenAfter) break;
      accounts.delete(id);
    }
    const found = accounts.get(run.id) ?? { tokens: new Map(), open: new Map(), told: new Map(), transcript: { attempt: 0, items: 0, bytes: 0 }, seen: time };
    accounts.delete(run.id);
    accounts.set(run.id, found);
    found.seen = time;
    return found;
  }

  function tell(identity: RunIdentity, account: Account, limit: string): void {
    const last = account.told.get(limit);
    if (last !== undefined && now() - last < toldAgainAfter) return;
    account.told.set(limit, now());
    reached(identity, limit);
  }

  function take(account: Account, kind: RequestKind): boolean {
    const { burst, perMinute } = limits.rates[kind];
    const bucket = account.tokens.get(kind) ?? { left: burst, at: now() };
    const left = Math.min(burst, bucket.left + ((now() - bucket.at) / 60_000) * perMinute);
    account.tokens.set(kind, { left: left >= 1 ? left - 1 : left, at: now() });
    return left >= 1;
  }

  return {
    enter(identity, kind) {
      const account = accountOf(identity);
      const rate = limits.rates[kind];
      const open = account.open.get(kind) ?? 0;
      const limit = open >= rate.open ? `${kind}: ${rate.open} at once` : take(account, kind) ? undefined : `${kind}: ${rate.perMinute} a minute`;
      if (limit !== undefined) {
        tell(identity, account, limit);
        const wait = Math.max(1, Math.ceil(60 / rate.perMinute));
        throw new HttpRefusal(429, "too-many", `this run has had its share (${limit})`, {
          headers: { "retry-after": String(wait) },
          remedy: "Ask again later.",
        });
      }
      account.open.set(kind, open + 1);
      return () => void account.open.set(kind, Math.max(0, (account.open.get(kind) ?? 1) - 1));
    },
    transcript(identity, items, bytes) {
      const account = accountOf(identity);
      const { attempt } = identity.attempt;
      const before = account.transcript.attempt === attempt ? account.transcript : { attempt, items: 0, bytes: 0 };
      const after = { attempt, items: before.items + items, bytes: before.bytes + bytes };
      if (after.items > limits.transcriptItems || after.bytes > limits.transcriptBytes) {
        tell(identity, account, "transcript");
        throw new HttpRefusal(413, "transcript-full", "the transcript of this attempt is full; nothing more of it is stored", {
          remedy: "Start the stage again.",
        });
      }
      account.transcript = after;
    },
  };
}
