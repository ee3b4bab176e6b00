-- A request whose arguments a person has changed stands in the place of the one that asked (docs/adr/0035): which, by whom, what the agent had asked for, and the signature.
alter table decision_requests add column edit jsonb
  check (edit is null or (kind = 'tool' and coalesce(edit ->> 'of', '') <> '' and coalesce(edit ->> 'signature', '') <> ''));
-- One request has one in its place: of two surfaces that edit the same one, one comes second.
create unique index decision_requests_by_edited on decision_requests ((edit ->> 'of')) where edit is not null;

-- The call that a person has put in the place of an agent's. The agent's own keeps what the agent asked for, and is told what became of the other.
alter table tool_calls add column edit_of text references tool_calls (id);
create index tool_calls_by_edited on tool_calls (edit_of, created_at, id) where edit_of is not null;
