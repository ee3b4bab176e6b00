-- Which run used which document, and how: one row for each way, with the last time. Apart from tool_calls, where some of it stands as well: what a search has found is
-- inside the JSON of its result, and an index into that would be paid for by every call of every tool.
create table document_uses (
  repository text not null,
  path text not null,                                      -- where the document was then
  run_id text not null references runs (id),
  how text not null check (how in ('written', 'linked', 'indexed', 'found', 'given')),
  at bigint not null,
  primary key (repository, path, run_id, how)
);

-- What can be told of the runs so far. What they were given was noted nowhere.
insert into document_uses (repository, path, run_id, how, at)
select repository, path, run_id, how, max(at) from (
  select r.repository, file.path, r.id as run_id, 'written' as how, e.at
    from flow_events e
    join runs r on e.subject = 'run:' || r.id
    cross join lateral jsonb_array_elements_text(case when jsonb_typeof(e.payload -> 'files') = 'array' then e.payload -> 'files' else '[]' end) file (path)
    where e.type = 'push.accepted' and file.path like 'docs/%.md' and file.path not like 'docs/templates/%'
  union all
  select r.repository, c.arguments ->> 'path', c.run_id, 'linked', coalesce(c.finished_at, c.created_at)
    from tool_calls c join runs r on r.id = c.run_id
    where c.tool in ('kb_link_issue_doc', 'kb_link_pr_doc') and c.state = 'done' and c.result -> 'linked' = 'true'
  union all
  select r.repository, c.arguments ->> 'path', c.run_id, 'indexed', coalesce(c.finished_at, c.created_at)
    from tool_calls c join runs r on r.id = c.run_id
    where c.tool = 'kb_doc_upsert_meta' and c.state = 'done' and c.result -> 'indexed' = 'true'
  union all
  select r.repository, hit.value ->> 'path', c.run_id, 'found', coalesce(c.finished_at, c.created_at)
    from tool_calls c
    join runs r on r.id = c.run_id
    cross join lateral jsonb_array_elements(case when jsonb_typeof(c.result -> 'hits') = 'array' then c.result -> 'hits' else '[]' end) hit
    where c.tool = 'kb_search' and c.state = 'done'
) known
where octet_length(path) <= 2000
group by repository, path, run_id, how;
