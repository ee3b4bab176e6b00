-- The first schema. One text for PGlite (embedded) and for PostgreSQL >= 15 with pgvector.
--
-- Forward only: a file that was released is never edited, because every database remembers its checksum. A change is the next file.
-- Instants are bigint milliseconds since the epoch, UTC; digests are lower-case hex SHA-256. Names of repositories, people and documents are the
-- forge's own and carry no foreign key to their registry where history must outlive a registration.

create extension if not exists vector;

-- Registry ------------------------------------------------------------------------------------------------------------------------------------

create table projects (
  id text primary key,
  created_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint
);

create table repositories (
  name text primary key,                                   -- owner/name, as the forge spells it
  project text not null references projects (id),
  default_branch text not null,
  hook_id bigint,                                          -- the forge's id of our webhook; null until it is registered
  reconciled_until bigint not null                         -- deliveries and labels up to here were compared with the forge
);

create table people (
  login text primary key,
  display_name text,
  created_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint
);

create table memberships (
  project text not null references projects (id),
  person text not null references people (login),
  role text not null check (role in ('owner', 'maintainer', 'viewer')),
  primary key (project, person)
);

create table settings (
  key text primary key,
  value jsonb not null
);

-- Webhooks ------------------------------------------------------------------------------------------------------------------------------------

create table webhook_deliveries (
  id text primary key,                                     -- X-GitHub-Delivery: a redelivery keeps it, so it takes effect once
  event text not null,
  repository text,
  body text not null,                                      -- the raw text whose signature was verified
  received_at bigint not null,
  state text not null check (state in ('received', 'processed', 'ignored', 'failed')),
  outcome text,
  processed_at bigint,
  check (state <> 'received' or processed_at is null)
);
create index webhook_deliveries_waiting on webhook_deliveries (received_at) where state = 'received';

-- Runs ----------------------------------------------------------------------------------------------------------------------------------------

create table runs (
  id text primary key,
  project text not null,
  repository text not null,
  issue integer not null,
  pull integer,
  stage text not null,
  variant text not null,
  role text not null,
  branch text not null,
  base_branch text not null,
  profile jsonb not null,                                  -- model and reasoning
  trigger jsonb not null,
  correlation_id text not null,
  keep_slot boolean not null,
  thread_id text,
  head text,
  state jsonb not null,                                    -- the whole phase with what is true in it
  phase text not null generated always as (state ->> 'phase') stored,
  created_at bigint not null,
  check (state ->> 'phase' in ('queued', 'preparing', 'running', 'waiting_mcp', 'waiting_input', 'waiting_owner_review', 'parked',
                               'succeeded', 'failed', 'failed_precondition', 'cancelled', 'superseded'))
);
-- Invariant 2: at most one active run per repository and branch.
create unique index runs_one_active_per_branch on runs (repository, branch)
  where phase not in ('succeeded', 'failed', 'failed_precondition', 'cancelled', 'superseded');
create index runs_by_issue on runs (repository, issue, created_at desc);
create index runs_by_pull on runs (repository, pull, created_at desc) where pull is not null;
create index runs_newest on runs (created_at desc, id desc);

-- Rises over all attempts of all runs: an attempt with a lower number than its run's newest one may not act any more.
create sequence fencing_tokens;

create table run_attempts (
  run_id text not null references runs (id),
  attempt integer not null check (attempt >= 1),
  fencing_token bigint not null unique default nextval('fencing_tokens'),
  phase text not null check (phase in ('starting', 'active', 'ended')),
  lease_until bigint not null,
  started_at bigint not null,
  ended_at bigint,
  outcome text,
  resume_input text,
  bootstrap_hash text not null unique,                     -- SHA-256 of the token that can be traded once
  token_hash text unique,                                  -- SHA-256 of the run token; null until the trade
  primary key (run_id, attempt),
  check ((phase = 'ended') = (ended_at is not null))
);
create index run_attempts_alive on run_attempts (lease_until) where phase <> 'ended';

-- Where runs live in a cluster; the embedded workspace has none.
create table slots (
  name text primary key,                                   -- the namespace
  run_id text references runs (id),
  kind text not null check (kind in ('full-env', 'code-only')),
  state text not null check (state in ('free', 'claimed', 'sleeping', 'cleaning')),
  lease_until bigint,
  updated_at bigint not null
);

create table agent_sessions (
  id text primary key,
  run_id text not null references runs (id),
  role text not null,
  stage text not null,
  started_at bigint not null,
  ended_at bigint,
  summary text
);
create index agent_sessions_by_run on agent_sessions (run_id, started_at);

create table session_snapshots (
  run_id text not null references runs (id),
  attempt integer not null,
  sequence integer not null,
  thread_id text,
  content bytea not null,                                  -- the agent's own session files, packed
  checksum text not null,
  at bigint not null,
  primary key (run_id, attempt, sequence)
);

create table token_usage (
  run_id text not null references runs (id),
  attempt integer not null,
  turn integer not null,
  model text not null,
  input_tokens bigint not null,
  cached_input_tokens bigint not null,
  output_tokens bigint not null,
  reasoning_tokens bigint not null,
  cost double precision,                                   -- estimate in US dollars; null where no price is known
  at bigint not null,
  primary key (run_id, attempt, turn)
);

create table transcript_items (
  run_id text not null references runs (id),
  attempt integer not null,
  sequence integer not null,                               -- the runner's own count: a repeated upload changes nothing
  at bigint not null,
  type text not null,
  content jsonb not null,
  primary key (run_id, attempt, sequence)
);

-- What a pod printed, followed live by the runner: large, so apart from the transcript.
create table log_chunks (
  run_id text not null references runs (id),
  attempt integer not null,
  sequence integer not null,
  stream text not null check (stream in ('stdout', 'stderr')),
  at bigint not null,
  content text not null,
  primary key (run_id, attempt, sequence)
);

-- Governance ----------------------------------------------------------------------------------------------------------------------------------

create table rules (
  id text primary key,
  position integer not null unique,                        -- order as configured; outcomes do not depend on it
  content jsonb not null
);

create table decision_requests (
  id text primary key,
  kind text not null check (kind in ('tool', 'question', 'gate', 'document')),
  run_id text not null references runs (id),
  repository text not null,
  issue integer not null,
  correlation_id text not null,
  tool text not null,
  tool_version integer not null,
  arguments jsonb not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  target_version text not null,
  expires_at bigint not null,
  created_at bigint not null,
  summary text not null,
  rationale text,
  effect jsonb not null,
  rule text not null,
  risk text not null check (risk in ('low', 'medium', 'high')),
  state jsonb not null,
  phase text not null generated always as (state ->> 'phase') stored,
  version integer not null default 1,                      -- counts the saves
  check (state ->> 'phase' in ('requested', 'decided', 'executing', 'executed', 'failed', 'stale', 'expired', 'superseded')),
  -- A phase that rests on a decision carries it with its signature. That the signature is right is checked at execution and by the audit.
  check (state ->> 'phase' not in ('decided', 'executing', 'executed', 'failed') or coalesce(state #>> '{decision,signature}', '') <> '')
);
create index decision_requests_open on decision_requests (created_at) where phase in ('requested', 'decided', 'executing');
create index decision_requests_by_run on decision_requests (run_id, created_at);
create index decision_requests_newest on decision_requests (created_at desc, id desc);

-- The first decision on each request, kept whatever becomes of the request: one request is decided once.
create table decisions (
  request_id text primary key references decision_requests (id),
  verdict jsonb not null,
  decided_by text not null,
  surface text not null,
  at bigint not null,                                      -- the signer's clock
  key_id text not null,
  signature text not null
);

create table tool_calls (
  id text primary key,
  run_id text not null references runs (id),
  attempt integer not null,
  tool text not null,
  arguments jsonb not null,
  digest text not null,
  effect_key text unique,                                  -- invariant 4: one effect, one row; null for reads and converging syncs
  rule text not null,
  outcome text not null check (outcome in ('auto', 'ask', 'deny')),
  state text not null check (state in ('executing', 'pending', 'done', 'denied', 'failed', 'refused')),
  request_id text,
  result jsonb,
  executions integer not null constraint tool_calls_executed_once check (executions between 0 and 1),
  repeats integer not null check (repeats >= 0),
  delivered boolean not null,                              -- the agent has been told the result
  created_at bigint not null,
  finished_at bigint,
  call_id text
);
create index tool_calls_by_run on tool_calls (run_id, created_at);
create unique index tool_calls_by_request on tool_calls (request_id) where request_id is not null;

create table outbox (
  id text primary key default gen_random_uuid()::text,
  effect_key text not null unique,
  action jsonb not null,
  state text not null check (state in ('pending', 'done', 'given-up')),
  attempts integer not null check (attempts >= 0),
  last_error text,
  result jsonb,
  created_at bigint not null,
  done_at bigint
);
create index outbox_pending on outbox (created_at) where state = 'pending';

-- Audit ---------------------------------------------------------------------------------------------------------------------------------------

create table flow_events (
  sequence bigint primary key check (sequence >= 1),       -- 1, 2, … without gaps
  correlation_id text not null,
  actor_type text not null check (actor_type in ('person', 'agent', 'system', 'forge')),
  actor_id text not null,
  type text not null,
  subject text not null,
  payload jsonb not null,
  at bigint not null,
  previous_hash text not null,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$')
);
create index flow_events_by_subject on flow_events (subject, sequence);
create index flow_events_by_correlation on flow_events (correlation_id, sequence);

-- The end of the chain. An append locks this one row until its transaction ends, which makes the sequence gapless and the chain unbranched.
create table chain_head (
  only_row boolean primary key default true check (only_row),
  sequence bigint not null,
  hash text not null
);
insert into chain_head (sequence, hash) values (0, repeat('0', 64));

create function refuse_to_rewrite_flow_events() returns trigger language plpgsql as $$
begin
  raise exception 'flow_events are append-only: % is refused', tg_op using errcode = 'restrict_violation';
end $$;
create trigger flow_events_are_append_only before update or delete on flow_events
  for each row execute function refuse_to_rewrite_flow_events();
create trigger flow_events_are_not_truncated before truncate on flow_events
  for each statement execute function refuse_to_rewrite_flow_events();

-- Only a hint, so it carries nothing: readers continue from their last sequence.
create function tell_flow_events() returns trigger language plpgsql as $$
begin
  perform pg_notify('flow_events', '');
  return null;
end $$;
create trigger flow_events_are_told after insert on flow_events
  for each statement execute function tell_flow_events();

-- Knowledge -----------------------------------------------------------------------------------------------------------------------------------

create table docs_meta (
  repository text not null,
  path text not null,
  doc_id text not null,
  branch text not null,
  type text not null,
  title text not null,
  status text not null,
  owner_role text not null,
  hash text not null,
  stage text,
  front_matter jsonb not null,
  updated_at bigint not null,
  primary key (repository, path)
);
create index docs_meta_by_id on docs_meta (repository, doc_id);

create table doc_chunks (
  repository text not null,
  path text not null,
  position integer not null,
  section text not null,
  text text not null,
  -- English, Russian and unstemmed forms together, made from lower-cased text: a database with the C locale folds ASCII only.
  words tsvector not null,
  embedding vector,                                        -- null without an embedding endpoint; its index comes with the first model's dimension
  primary key (repository, path, position),
  foreign key (repository, path) references docs_meta (repository, path) on delete cascade on update cascade
);
create index doc_chunks_words on doc_chunks using gin (words);

create table links (
  repository text not null,
  doc_id text not null,
  kind text not null check (kind in ('issue', 'pull')),
  number integer not null,
  run_id text,                                             -- the run that linked them
  primary key (repository, doc_id, kind, number)
);
create index links_by_target on links (repository, kind, number);
