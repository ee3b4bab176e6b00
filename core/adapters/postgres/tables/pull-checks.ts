import type { PullChecks, PullChecksTable } from "../../../ports/pull-checks.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import { toJson, withoutNulls } from "../rows.ts";

const columns = `c.repository, c.pull, c.version, c.is_open as "isOpen", c.head, c.passed, c.failed, c.running, c.failing, c.read_at as "readAt"`;
/** A commit that several branches have may be the head of more pull requests than anybody looks at. */
const mostPulls = 20;

interface Row extends Omit<PullChecks, "summary"> {
  readonly passed?: number;
  readonly failed?: number;
  readonly running?: number;
  readonly failing: readonly string[];
}

export function pullChecksTable(session: SqlSession): PullChecksTable {
  return {
    async follow(repository, pull) {
      await session.query("insert into pull_checks (repository, pull) values ($1, $2) on conflict do nothing", [repository, pull]);
    },
    async get(repository, pull) {
      const [row] = await session.query<object>(`select ${columns} from pull_checks c where repository = $1 and pull = $2`, [repository, pull]);
      return row && checksOf(row);
    },
    async save({ repository, pull, version, isOpen, head, summary, readAt }) {
      const rows = await session.query(
        `update pull_checks set version = version + 1, is_open = $4, head = $5, passed = $6, failed = $7, running = $8, failing = $9::jsonb, read_at = $10
         where repository = $1 and pull = $2 and version = $3 returning version`,
        [
          repository,
          pull,
          version,
          isOpen,
          head ?? null,
          summary?.passed ?? null,
          summary?.failed ?? null,
          summary?.running ?? null,
          toJson(summary?.failing ?? []),
          readAt,
        ],
      );
      return rows.length > 0;
    },
    async moved(repository, pull, head) {
      await session.query(
        `update pull_checks set version = version + 1, head = null, passed = null, failed = null, running = null, failing = '[]', read_at = 0
         where repository = $1 and pull = $2 and head is distinct from $3`,
        [repository, pull, head],
      );
    },
    async of(pulls) {
      if (pulls.length === 0) return [];
      const rows = await session.query<object>(
        `select ${columns} from unnest($1::text[], $2::int[]) asked (repository, pull)
         join pull_checks c on c.repository = asked.repository and c.pull = asked.pull where c.passed + c.failed + c.running > 0`,
        [pulls.map(({ repository }) => repository), pulls.map(({ pull }) => pull)],
      );
      return rows.map(checksOf);
    },
    async pullsAt(repository, { sha, branches, pulls }) {
      const rows = await session.query<{ pull: number }>(
        `select pull from pull_checks where repository = $1 and (head = $2 or pull = any($3::int[]))
         union
         select c.pull from runs r join pull_checks c on c.repository = r.repository and c.pull = r.pull where r.repository = $1 and r.branch = any($4::text[])
         order by pull desc limit ${mostPulls}`,
        [repository, sha, pulls, branches],
      );
      return rows.map(({ pull }) => pull);
    },
    async due(repository, { running, others, limit }) {
      const rows = await session.query<{ pull: number }>(
        `select pull from pull_checks where repository = $1 and is_open and read_at <= case when running > 0 then $2::bigint else $3::bigint end
         order by read_at, pull limit $4`,
        [repository, running, others, limit],
      );
      return rows.map(({ pull }) => pull);
    },
  };
}

function checksOf(row: object): PullChecks {
  const { passed, failed, running, failing, ...rest } = withoutNulls<Row>(row);
  if (passed === undefined || failed === undefined || running === undefined) return rest;
  return { ...rest, summary: { passed, failed, running, failing } };
}
