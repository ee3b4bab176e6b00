-- What CI says of the pull request of each run: of its head when that was last read, counted.
create table pull_checks (
  repository text not null,
  pull integer not null,
  version integer not null default 0,                       -- rises with everything that is stored: a reading counts if it began after the one before it was stored
  is_open boolean not null default true,
  head text,                                                -- null: never read, or moved since
  passed integer,                                           -- these three null: not known
  failed integer,
  running integer,
  failing jsonb not null default '[]',                      -- names of the first that failed
  read_at bigint not null default 0,
  primary key (repository, pull)
);
create index pull_checks_due on pull_checks (repository, read_at) where is_open;
create index pull_checks_by_head on pull_checks (repository, head);

insert into pull_checks (repository, pull) select distinct repository, pull from runs where pull is not null;
