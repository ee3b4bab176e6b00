import type { RunId } from "../../../domain/kernel/values.ts";
import type { RunAttempt } from "../../../domain/run/run.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { only, storableText, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

const columns = `run_id as "runId", attempt, fencing_token as "fencingToken", phase, lease_until as "leaseUntil", started_at as "startedAt", ended_at as "endedAt",
  outcome, resume_input as "resumeInput"`;

export function attemptsTable(session: SqlSession): Transaction["attempts"] {
  async function first(rest: string, values: readonly unknown[], lock?: boolean): Promise<RunAttempt | undefined> {
    const [row] = await session.query<object>(`select ${columns} from run_attempts ${rest}${lock ? " for update" : ""}`, values);
    return row && withoutNulls<RunAttempt>(row);
  }

  return {
    async insert(attempt, bootstrapHash) {
      const rows = await session.query<object>(
        `insert into run_attempts (run_id, attempt, phase, lease_until, started_at, ended_at, outcome, resume_input, bootstrap_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
        [
          attempt.runId,
          attempt.attempt,
          attempt.phase,
          attempt.leaseUntil,
          attempt.startedAt,
          attempt.endedAt ?? null,
          attempt.outcome ?? null,
          attempt.resumeInput === undefined ? null : storableText(attempt.resumeInput),
          bootstrapHash,
        ],
      );
      return withoutNulls<RunAttempt>(only(rows));
    },
    get: (runId, attempt, options) => first("where run_id = $1 and attempt = $2", [runId, attempt], options?.lock),
    latest: (runId, options) => first("where run_id = $1 order by attempt desc limit 1", [runId], options?.lock),
    async newestOf(runIds) {
      if (runIds.length === 0) return new Map();
      const rows = await session.query<{ id: RunId; attempt: number }>(
        "select run_id as id, max(attempt) as attempt from run_attempts where run_id = any($1::text[]) group by run_id",
        [runIds],
      );
      return new Map(rows.map(({ id, attempt }) => [id, attempt]));
    },
    async save(attempt) {
      const rows = await session.query(
        `update run_attempts set phase = $3, lease_until = $4, started_at = $5, ended_at = $6, outcome = $7, resume_input = $8 where run_id = $1 and attempt = $2 returning attempt`,
        [
          attempt.runId,
          attempt.attempt,
          attempt.phase,
          attempt.leaseUntil,
          attempt.startedAt,
          attempt.endedAt ?? null,
          attempt.outcome ?? null,
          attempt.resumeInput === undefined ? null : storableText(attempt.resumeInput),
        ],
      );
      assertFound(rows, "attempt", `${attempt.runId}/${attempt.attempt}`);
    },
    async exchange(bootstrapHash, tokenHash) {
      const [row] = await session.query<object>(
        `update run_attempts set token_hash = $2 where bootstrap_hash = $1 and token_hash is null and phase <> 'ended' returning ${columns}`,
        [bootstrapHash, tokenHash],
      );
      return row && withoutNulls<RunAttempt>(row);
    },
    byToken: (tokenHash) => first("where token_hash = $1", [tokenHash]),
    async expired(now) {
      const rows = await session.query<object>(
        `select ${columns} from run_attempts where phase <> 'ended' and lease_until <= $1 order by lease_until, run_id`,
        [now],
      );
      return rows.map((row) => withoutNulls<RunAttempt>(row));
    },
    async alive() {
      const rows = await session.query<object>(`select ${columns} from run_attempts where phase <> 'ended' order by started_at, run_id`);
      return rows.map((row) => withoutNulls<RunAttempt>(row));
    },
  };
}
