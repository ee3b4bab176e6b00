-- The order in which effects were decided; ids are random, and two processes' clocks differ.
alter table outbox add column position bigint generated always as identity;

-- Changes of labels that are still to be done, by what they belong to.
create index outbox_pending_labels on outbox ((action->>'repository'), ((action->>'number')::integer), position)
  where state = 'pending' and action->>'type' = 'change-labels';
