-- Evidence: signed heads of the chains, daily roots over them, what was verified, and how far the log was handed on.

-- Which rows have arrived since: what is verified and handed on goes by this, because a row may come long after its day.
create index audit_logs_ingested on public.audit_logs using brin (ingested_at);

-- The head of a chain as its writer signed it. Kept for ever: they say what stood in partitions that were dropped.
create table public.audit_checkpoints (
  chain_id   text        not null,
  seq        bigint      not null check (seq > 0),
  hash       text        not null,
  ts         timestamptz not null,
  -- No row follows in this chain.
  final      boolean     not null,
  -- JSON text exactly as it was signed.
  statement  text        not null,
  kid        text        not null,
  signature  text        not null,
  stored_at  timestamptz not null default now(),
  primary key (chain_id, seq, final)
);
create index audit_checkpoints_ts on public.audit_checkpoints (ts);

-- One Merkle root a day (UTC) over the last checkpoint of that day of each chain, each signed and linked to the one before.
create table public.audit_roots (
  day        date        primary key,
  root       text        not null,
  chains     bigint      not null,
  prev_root  text,
  statement  text        not null,
  kid        text        not null,
  signature  text        not null,
  stored_at  timestamptz not null default now()
);

create trigger append_only before update or delete on public.audit_checkpoints
  for each row execute function public.audit_append_only();
create trigger no_truncate before truncate on public.audit_checkpoints
  for each statement execute function public.audit_append_only();
create trigger append_only before update or delete on public.audit_roots
  for each row execute function public.audit_append_only();
create trigger no_truncate before truncate on public.audit_roots
  for each statement execute function public.audit_append_only();

revoke all on public.audit_checkpoints, public.audit_roots from public;
grant insert on public.audit_checkpoints, public.audit_roots to gatehouse_writer;
grant select on public.audit_checkpoints, public.audit_roots to gatehouse_reader;
grant select on public.api_keys to gatehouse_reader;

-- Evidence, as it is read and kept.

-- Files and trees order chains by their bytes, whatever the language of the database: so does the index that is there.
alter table public.audit_logs alter column chain_id type text collate "C";
alter table public.audit_checkpoints alter column chain_id type text collate "C";

-- As in 0001, but for what proves the rows that go. A day is dropped when each of its chains has a signed head at or after
-- its last row there: what was dropped can then be told from what was taken away. A session whose object was lost never
-- signs, and may not hold its day for ever: after a week it goes all the same.
create or replace function public.audit_maintain(keep_days int, ahead_days int, out created int, out dropped int)
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
  set lock_timeout = '3s'
as $$
declare
  part text;
  part_day date;
  is_held boolean;
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

  for part, part_day in
    select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD')
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.audit_logs'::regclass
       and c.relname ~ '^audit_logs_[0-9]{8}$'
       and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - keep_days
     order by c.relname
  loop
    begin
      execute format(
        'select exists (select from (select chain_id, max(seq) as seq from public.%I group by chain_id) as last
           where not exists (select from public.audit_checkpoints as c
                              where c.chain_id = last.chain_id and c.seq >= last.seq))', part) into is_held;
      if is_held and part_day >= current_date - keep_days - 7 then
        continue;
      end if;
      execute format('drop table public.%I', part);
      dropped := dropped + 1;
    exception when lock_not_available then
      -- A long report is reading. What was created stays; the next run drops it.
      exit;
    end;
  end loop;
end
$$;
