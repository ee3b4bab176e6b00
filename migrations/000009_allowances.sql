-- Rules that the owner has made out of a request and signed. What became of one (its uses, its end) is in the trail and nowhere else: this row can be edited and opens nothing by it.
create table allowances (
  id text primary key,
  content jsonb not null,                                  -- exactly what is signed
  key_id text not null,
  signature text not null,
  closed_at bigint,                                        -- a hint, so that those which let nothing through any more are not read with each call
  repository text not null generated always as (content ->> 'repository') stored,
  tool text not null generated always as (content ->> 'tool') stored,
  check (signature <> '')
);
create index allowances_open on allowances (repository, tool, id) where closed_at is null;

-- Calls that a rule asked for, by tool: what an allowance would have let through.
create index tool_calls_asked on tool_calls (tool, created_at desc) where outcome = 'ask';
