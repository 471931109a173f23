-- The audit log: append only, one partition per day (UTC), written by gatehouse_writer and read by gatehouse_reader.

-- Roles belong to the whole server, so another database on it may have made them already, or be making them right now.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['gatehouse_writer', 'gatehouse_reader'] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
        execute format('grant %I to current_user', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end
$$;

create table public.audit_logs (
  event_id       uuid        not null,
  ts             timestamptz not null,
  call_id        uuid        not null,
  phase          text        not null check (phase in ('intent', 'outcome', 'event')),
  chain_id       text        not null,
  seq            bigint      not null,
  actor_type     text        not null,
  actor_id       text        not null,
  on_behalf_of   text,
  key_id         text,
  session_id     text,
  source_ip      inet,
  action         text        not null,
  tool           text,
  cluster        text,
  namespace      text,
  decision       text        check (decision in ('allowed', 'refused')),
  policy_version text,
  outcome        text        check (outcome in ('ok', 'failed', 'refused', 'cancelled', 'unknown', 'pending')),
  reason         text,
  duration_ms    int,
  params         jsonb,
  params_digest  text,
  result_digest  text,
  result_bytes   int,
  count          int,
  record         text        not null,
  prev_hash      text        not null,
  hash           text        not null,
  ingested_at    timestamptz not null default now(),
  -- Both are fixed when the event is made, so a batch sent twice is stored once.
  primary key (event_id, ts)
) partition by range (ts);

comment on column public.audit_logs.record is 'JSON text exactly as it was hashed: hash = SHA-256(prev_hash || record)';
comment on column public.audit_logs.count is 'how many refusals this one row stands for, when they came too fast to list';

create index audit_logs_ts on public.audit_logs (ts desc);
create index audit_logs_actor on public.audit_logs (actor_id, ts desc);
create index audit_logs_tool on public.audit_logs (tool, ts desc);
create index audit_logs_not_ok on public.audit_logs (ts desc) where outcome <> 'ok';
create index audit_logs_chain on public.audit_logs (chain_id, seq);

-- Rows that audit_logs can never take. Everything here accepts anything: the record is bytes, the rest is ours.
create table public.audit_quarantine (
  hash        text        primary key,
  event_ts    timestamptz,
  chain_id    text,
  seq         bigint      not null,
  record      bytea       not null,
  prev_hash   text        not null,
  sql_state   text        not null,
  received_at timestamptz not null default now()
);

-- The second lock. The first is that nobody is granted UPDATE, DELETE or TRUNCATE.
create function public.audit_append_only() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '% is append only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete on public.audit_logs
  for each row execute function public.audit_append_only();
create trigger no_truncate before truncate on public.audit_logs
  for each statement execute function public.audit_append_only();
create trigger append_only before update or delete on public.audit_quarantine
  for each row execute function public.audit_append_only();
create trigger no_truncate before truncate on public.audit_quarantine
  for each statement execute function public.audit_append_only();

-- Makes the partition of one day; false when it is there. Rows may arrive long after their day: the store calls this when
-- an insert finds no partition. The range keeps a wrong clock from filling the catalogue with partitions.
create function public.audit_ensure_day(day date) returns boolean
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
  set lock_timeout = '3s'
as $$
declare
  part text := 'audit_logs_' || to_char(day, 'YYYYMMDD');
begin
  if day is null or day < current_date - 400 or day > current_date + 60 then
    raise exception 'no partition for %: too far from today', day using errcode = 'datetime_field_overflow';
  end if;
  perform pg_advisory_xact_lock(hashtext('gatehouse.audit_partitions'));
  if to_regclass(format('public.%I', part)) is not null then
    return false;
  end if;
  -- Made apart and then attached: CREATE TABLE .. PARTITION OF would lock out every insert while it waits for readers.
  execute format('create table public.%I (like public.audit_logs including defaults including constraints)', part);
  execute format('alter table public.audit_logs attach partition public.%I for values from (%L) to (%L)',
                 part, day::timestamptz, (day + 1)::timestamptz);
  -- A TRUNCATE trigger of the parent does not guard its partitions.
  execute format('create trigger no_truncate before truncate on public.%I
                  for each statement execute function public.audit_append_only()', part);
  return true;
end
$$;

-- Partitions from the day before yesterday to `ahead_days` ahead; drops the days that lie wholly outside retention.
create function public.audit_maintain(keep_days int, ahead_days int, out created int, out dropped int)
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
  set lock_timeout = '3s'
as $$
declare
  part text;
begin
  if keep_days is null or keep_days < 30 then
    raise exception 'audit logs are kept for 30 days at least' using errcode = 'invalid_parameter_value';
  end if;
  if ahead_days is null or ahead_days < 1 or ahead_days > 60 then
    raise exception 'ahead_days lies between 1 and 60' using errcode = 'invalid_parameter_value';
  end if;
  created := 0;
  dropped := 0;
  for offset_days in -2 .. ahead_days loop
    if public.audit_ensure_day(current_date + offset_days) then
      created := created + 1;
    end if;
  end loop;

  for part in
    select c.relname
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.audit_logs'::regclass
       and c.relname ~ '^audit_logs_[0-9]{8}$'
       and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - keep_days
     order by c.relname
  loop
    begin
      execute format('drop table public.%I', part);
      dropped := dropped + 1;
    exception when lock_not_available then
      -- A long report is reading. What was created stays; the next run drops it.
      exit;
    end;
  end loop;
end
$$;

-- From here on a database can take rows, before anything has asked for maintenance.
select public.audit_maintain(90, 7);

revoke all on public.audit_logs, public.audit_quarantine from public;
revoke all on function public.audit_ensure_day(date), public.audit_maintain(int, int) from public;
grant usage on schema public to gatehouse_writer, gatehouse_reader;
grant insert on public.audit_logs, public.audit_quarantine to gatehouse_writer;
grant execute on function public.audit_ensure_day(date), public.audit_maintain(int, int) to gatehouse_writer;
grant select on public.audit_logs, public.audit_quarantine to gatehouse_reader;
