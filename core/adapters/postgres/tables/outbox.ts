import type { EffectAction, EffectRow } from "../../../ports/effects.ts";
import type { Queue } from "../../../ports/queue.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { only, storableText, toJson, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

const columns = `id, effect_key as "key", action, state, attempts, last_error as "lastError", result, created_at as "createdAt", done_at as "doneAt"`;

/** Effects enqueue their own job, so that the row and the job exist together or not at all. */
export function outboxTable(session: SqlSession, queue: Pick<Queue, "enqueue">): Transaction["outbox"] {
  /** Locked until our commit, so that whoever begins it sees what we changed. One that is locked may be begun at this moment, before our commit: it does not count. */
  async function waiting(action: EffectAction): Promise<EffectRow | undefined> {
    const [row] = await session.query<object>(
      `select ${columns} from outbox where state = 'pending' and attempts = 0 and action = $1::jsonb limit 1 for update skip locked`,
      [toJson(action)],
    );
    return row && withoutNulls<EffectRow>(row);
  }

  return {
    async add(effects, at) {
      const added: EffectRow[] = [];
      for (const effect of effects) {
        const joined = effect.joinsWaiting ? await waiting(effect.action) : undefined;
        if (joined) {
          added.push(joined);
          continue;
        }
        const [row] = await session.query<object>(
          `insert into outbox (effect_key, action, state, attempts, created_at) values ($1, $2::jsonb, 'pending', 0, $3) on conflict (effect_key) do nothing returning ${columns}`,
          [effect.key, toJson(effect.action), at],
        );
        if (row) {
          const stored = withoutNulls<EffectRow>(row);
          await queue.enqueue(
            "dispatch-effect",
            { effectId: stored.id },
            { session, ...(effect.notBefore === undefined ? {} : { notBefore: effect.notBefore }) },
          );
          added.push(stored);
        } else {
          const present = await session.query<object>(`select ${columns} from outbox where effect_key = $1`, [effect.key]);
          added.push(withoutNulls<EffectRow>(only(present)));
        }
      }
      return added;
    },
    async get(id, options) {
      const [row] = await session.query<object>(`select ${columns} from outbox where id = $1${options?.lock ? " for update" : ""}`, [id]);
      return row && withoutNulls<EffectRow>(row);
    },
    async save(row) {
      const rows = await session.query(
        "update outbox set state = $2, attempts = $3, last_error = $4, result = $5::jsonb, done_at = $6 where id = $1 returning id",
        [row.id, row.state, row.attempts, row.lastError === undefined ? null : storableText(row.lastError), toJson(row.result), row.doneAt ?? null],
      );
      assertFound(rows, "effect", row.id);
    },
    async pending(before) {
      const rows = await session.query<object>(`select ${columns} from outbox where state = 'pending' and created_at < $1 order by created_at, id`, [before]);
      return rows.map((row) => withoutNulls<EffectRow>(row));
    },
    async pendingLabels(repository, number) {
      const rows = await session.query<object>(
        `select ${columns} from outbox
         where state = 'pending' and action->>'type' = 'change-labels' and action->>'repository' = $1 and (action->>'number')::integer = $2 order by position`,
        [repository, number],
      );
      return rows.map((row) => withoutNulls<EffectRow>(row));
    },
    async givenUp() {
      const rows = await session.query<object>(`select ${columns} from outbox where state = 'given-up' order by created_at, id`);
      return rows.map((row) => withoutNulls<EffectRow>(row));
    },
  };
}
