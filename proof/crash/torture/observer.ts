import { setTimeout as delay } from "node:timers/promises";
import type { Installation } from "../../world/installation.ts";

/** What is to be seen of the installation's work at one moment. Read around the proxies. */
export interface Sight {
  readonly at: number;
  /** Effects and deliveries that somebody has to work on: keys and ids. */
  readonly pending: ReadonlySet<string>;
  readonly runs: ReadonlyMap<string, SeenRun>;
  /** The end of the chain of flow events. */
  readonly sequence: number;
}

export interface SeenRun {
  readonly phase: string;
  readonly attempt: number;
  /** Attempts lost in a row. */
  readonly losses: number;
  /** Turns in a row that the agent's death cut short. */
  readonly interruptions: number;
  /** Turns that have ended. */
  readonly turns: number;
  /** How much of it is stored: grows with every flow event and every piece of the transcript. */
  readonly progress: number;
}

export interface Observer {
  /** The newest sight; empty before the first. */
  readonly latest: Sight;
  /** Resolves with the milliseconds since the call once a sight taken after it satisfies the condition; undefined when it takes longer than the limit. */
  until(condition: (sight: Sight) => boolean, limit: number): Promise<number | undefined>;
  stop(): Promise<void>;
}

interface RunRow {
  readonly id: string;
  readonly phase: string;
  readonly attempt: number | null;
  readonly losses: number | null;
  readonly flow: number;
  readonly items: number;
  readonly reasons: readonly string[] | null;
}

const interval = 250;
const nothing: Sight = { at: 0, pending: new Set(), runs: new Map(), sequence: 0 };

/** Looks four times a second. While the database is away there is nothing to be seen, and what is waited for has not come. */
export function createObserver({ database: { driver } }: Installation): Observer {
  let latest = nothing;
  const waiting = new Set<(sight: Sight) => void>();
  const stopping = new AbortController();

  async function look(): Promise<Sight> {
    const at = Date.now();
    const pending = await driver.query<{ what: string }>(
      "select effect_key as what from outbox where state = 'pending' union all select id from webhook_deliveries where state = 'received'",
    );
    const runs = await driver.query<RunRow>(
      `
      select r.id, r.phase, (r.state->>'attempt')::int as attempt, (r.state->>'losses')::int as losses,
        (select count(*)::int from flow_events f where f.subject = 'run:' || r.id) as flow,
        (select count(*)::int from transcript_items t where t.run_id = r.id) as items,
        (select array_agg(f.payload->>'reason' order by f.sequence desc) from flow_events f where f.subject = 'run:' || r.id and f.type = 'turn.ended') as reasons
      from runs r where r.phase not in ('succeeded', 'failed', 'failed_precondition', 'cancelled', 'superseded') or r.created_at > $1`,
      [at - 600_000],
    );
    const [head] = await driver.query<{ sequence: number }>("select sequence from chain_head");
    return { at, pending: new Set(pending.map(({ what }) => what)), runs: new Map(runs.map((row) => [row.id, seenRun(row)])), sequence: head?.sequence ?? 0 };
  }

  const looking = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const sight = await look().catch(() => undefined);
      if (sight) {
        latest = sight;
        for (const take of waiting) take(sight);
      }
      await delay(interval, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    get latest() {
      return latest;
    },
    until(condition, limit) {
      const started = Date.now();
      return new Promise((resolve) => {
        const settle = (took: number | undefined): void => {
          waiting.delete(take);
          clearTimeout(timer);
          resolve(took);
        };
        const take = (sight: Sight): void => {
          if (sight.at >= started && condition(sight)) settle(sight.at - started);
        };
        const timer = setTimeout(() => settle(undefined), limit);
        waiting.add(take);
      });
    },
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}

function seenRun({ phase, attempt, losses, flow, items, reasons }: RunRow): SeenRun {
  const verdicts = reasons ?? [];
  const broken = verdicts.findIndex((reason) => reason !== "turn-interrupted" && reason !== "turn-failed");
  return {
    phase,
    attempt: attempt ?? 0,
    losses: losses ?? 0,
    interruptions: broken === -1 ? verdicts.length : broken,
    turns: verdicts.length,
    progress: flow + items,
  };
}
