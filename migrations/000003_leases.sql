-- Who does something of which there may be one at a time over all processes, and until when that is believed. A row lives as long as the work.
create table leases (
  name text primary key,
  holder text not null,
  until timestamptz not null                               -- by the database's clock, the only one that all processes share
);
