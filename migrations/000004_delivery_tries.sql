-- How often a delivery's processing ended in a fault of ours, so that it ends.
alter table webhook_deliveries add column tries integer not null default 0;
