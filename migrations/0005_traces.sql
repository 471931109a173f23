-- Traces: every row of one, found by its id. The id stands in the record alone, which is what was hashed; an index over the
-- record finds the rows of before as well, and there is no column that could differ from it.

-- It is built in one go, some half a minute for a million rows, and as long no row can be put in: they wait in their journals. Of
-- a log that is larger than that, build the days' before, concurrently (docs/tracing.md): they are taken as they are.
-- Not a partial one, although many rows may have no trace: of those PostgreSQL uses no statistics, and without them it would
-- rather read a whole day backwards than look here.
create index audit_logs_trace on public.audit_logs ((record::jsonb ->> 'trace_id'), ts desc);
