-- What one person has put away in the inbox, and until when. The deadline of a request wins over it wherever it is read.
create table snoozes (
  request_id text not null references decision_requests (id),
  person text not null,
  until bigint not null,
  at bigint not null,
  primary key (request_id, person)
);
create index snoozes_of_person on snoozes (person, until);

-- Words of a person to a run's agent, which come with its next input.
create table run_notes (
  id text primary key,
  run_id text not null references runs (id),
  person text not null,
  text text not null,
  at bigint not null,
  delivered_at bigint                                      -- the agent has it in an input
);
create index run_notes_waiting on run_notes (run_id, at, id) where delivered_at is null;
