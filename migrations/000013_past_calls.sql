-- Calls that the rules were asked about, newest first: what other rules would have made of them.
create index tool_calls_ruled on tool_calls (created_at desc, id desc) where rule <> 'none' and edit_of is null;
