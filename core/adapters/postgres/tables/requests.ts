import type { Decision, DecisionPhase, DecisionRequest, finalDecisionPhases } from "../../../domain/decision/decision.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { storableText, toJson, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";
import { requestLists } from "./request-lists.ts";

type OpenPhase = Exclude<DecisionPhase, (typeof finalDecisionPhases)[number]>;
const open: Readonly<Record<OpenPhase, true>> = { requested: true, decided: true, executing: true };
/** Spelled out in the statement as in the index of open requests: with a parameter instead, every request that ever was is read. */
const openPhases = Object.keys(open)
  .map((phase) => `'${phase}'`)
  .join(", ");

export const requestColumns = `id, kind, run_id as "runId", repository, issue, correlation_id as "correlationId", tool, tool_version as "toolVersion", arguments, digest,
  target_version as "targetVersion", expires_at as "expiresAt", created_at as "createdAt", summary, rationale, effect, rule, risk, edit, state`;

export function requestsTable(session: SqlSession): Transaction["requests"] {
  async function list(rest: string, values: readonly unknown[]): Promise<readonly DecisionRequest[]> {
    const rows = await session.query<object>(`select ${requestColumns} from decision_requests ${rest}`, values);
    return rows.map((row) => withoutNulls<DecisionRequest>(row));
  }

  return {
    async insert(request) {
      await session.query(
        `insert into decision_requests (id, kind, run_id, repository, issue, correlation_id, tool, tool_version, arguments, digest, target_version, expires_at, created_at,
           summary, rationale, effect, rule, risk, state, edit)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14, $15, $16::jsonb, $17, $18, $19::jsonb, $20::jsonb)`,
        [
          request.id,
          request.kind,
          request.runId,
          request.repository,
          request.issue,
          request.correlationId,
          request.tool,
          request.toolVersion,
          toJson(request.arguments),
          request.digest,
          request.targetVersion,
          request.expiresAt,
          request.createdAt,
          storableText(request.summary),
          request.rationale === undefined ? null : storableText(request.rationale),
          toJson(request.effect),
          request.rule,
          request.risk,
          toJson(request.state),
          request.edit === undefined ? null : toJson(request.edit),
        ],
      );
      await keepDecision(session, request);
    },
    async get(id, options) {
      const [request] = await list(`where id = $1${options?.lock ? " for update" : ""}`, [id]);
      return request;
    },
    async save(request) {
      // What was asked is bound by the digest and never changes; only the state moves.
      const change = "update decision_requests set state = $1::jsonb, version = version + 1 where id = $2 returning id";
      const rows = await ("decision" in request.state
        ? session.query(
            `with changed as (${change}), kept as (
               insert into decisions (${decisionColumns}) select id, $3::jsonb, $4, $5, $6::bigint, $7, $8 from changed on conflict (request_id) do nothing)
             select id from changed`,
            [toJson(request.state), request.id, ...decisionValues(request.state.decision)],
          )
        : session.query(change, [toJson(request.state), request.id]));
      assertFound(rows, "decision request", request.id);
    },
    open: (filter) =>
      list(`where phase in (${openPhases}) and ($1::text is null or run_id = $1) and ($2::text is null or kind = $2) order by created_at, id`, [
        filter?.runId ?? null,
        filter?.kind ?? null,
      ]),
    forRun: (runId) => list("where run_id = $1 order by created_at, id", [runId]),
    recent: (limit) => list("order by created_at desc, id desc limit $1", [limit]),
    ...requestLists(session),
  };
}

const decisionColumns = "request_id, verdict, decided_by, surface, at, key_id, signature";

function decisionValues({ verdict, by, surface, at, keyId, signature }: Decision): readonly unknown[] {
  return [toJson(verdict), by, surface, at, keyId, signature];
}

/** The first decision on a request stays on record apart from the request's state. */
async function keepDecision(session: SqlSession, request: DecisionRequest): Promise<void> {
  if (!("decision" in request.state)) return;
  await session.query(`insert into decisions (${decisionColumns}) values ($1, $2::jsonb, $3, $4, $5, $6, $7) on conflict (request_id) do nothing`, [
    request.id,
    ...decisionValues(request.state.decision),
  ]);
}
