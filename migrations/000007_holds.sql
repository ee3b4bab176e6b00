-- What may hold every run: a pause of everything, and budgets. One row that is always there: whoever begins an attempt locks it for share, whoever pauses or
-- changes a budget for update, so that none of them misses the other.
create table holds (
  only_row boolean primary key default true check (only_row),
  pause jsonb,                                             -- id, who, since when, why; null: nothing is paused
  budgets jsonb not null default '{}'                      -- limits of a run and of a day (UTC), in US dollars and tokens
);
insert into holds default values;

-- What a hold lets go again, in the order in which it was stopped.
create index runs_held on runs (created_at)
  where phase = 'parked' and state ->> 'reason' in ('pause', 'budget');

-- What a day has used.
create index token_usage_by_time on token_usage (at);
