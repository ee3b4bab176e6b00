-- Indexes for looks at the few rows that are under way among all that have ended: without them each look reads every run, call or effect that ever was.

-- Calls that a process may have left behind while it performed them; looked for every few seconds.
create index tool_calls_executing on tool_calls (created_at) where state = 'executing';

-- Effects that the owner has to look at.
create index outbox_given_up on outbox (created_at) where state = 'given-up';

-- Active runs, newest first.
create index runs_active on runs (created_at desc, id desc)
  where phase not in ('succeeded', 'failed', 'failed_precondition', 'cancelled', 'superseded');

-- The last run on a branch, for a review that comes when its run has ended.
create index runs_by_branch on runs (repository, branch, created_at desc);
