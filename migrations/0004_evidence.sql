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
-- Keys at the console: made, replaced and revoked through these functions alone, by the Worker's own role. The secret comes
-- as its HMAC, and who may give which role is the Worker's to know; what is bounded here is bounded whoever asks.

-- Every name of whoever saw the secret when the key was made at the console: never the one who approves what it asks for.
alter table public.api_keys add column made_by text[] check (array_position(made_by, null) is null);

-- `created`, or why not: `too_many` by one person in this hour, `name_taken` where the principal has, or had, a key.
create function public.keys_create(wanted jsonb, most_an_hour int) returns text
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  given record;
begin
  select into given *
    from jsonb_to_record(wanted) as given(
      key_id text, secret_hmac text, principal text, kind text, roles text[], on_behalf_of text, owner text, note text,
      days int, made_by text[]);
  -- One at a time: what is counted and what is looked for must not change meanwhile.
  perform pg_advisory_xact_lock(hashtext('gatehouse.keys'));
  if public.keys_made_by(given.made_by) >= most_an_hour then
    return 'too_many';
  end if;
  if exists (select from public.api_keys where principal = given.principal) then
    return 'name_taken';
  end if;
  insert into public.api_keys (key_id, secret_hmac, principal, kind, roles, on_behalf_of, owner, note, made_by, expires_at)
  values (given.key_id, given.secret_hmac, given.principal, given.kind, given.roles, given.on_behalf_of, given.owner,
          given.note, given.made_by, public.keys_end(given.days));
  return 'created';
end
$$;

-- A new key of the same holder; the old one ends after the overlap, or sooner if it did so anyway. `not_found` for one that
-- has ended.
create function public.keys_rotate(wanted jsonb, most_an_hour int) returns text
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  given record;
begin
  select into given *
    from jsonb_to_record(wanted) as given(
      key_id text, secret_hmac text, replaces text, days int, overlap_minutes int, made_by text[]);
  if given.overlap_minutes is null or given.overlap_minutes not between 0 and 10080 then
    raise exception 'an overlap lasts a week at most' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtext('gatehouse.keys'));
  if public.keys_made_by(given.made_by) >= most_an_hour then
    return 'too_many';
  end if;
  insert into public.api_keys (key_id, secret_hmac, principal, kind, roles, on_behalf_of, owner, note, made_by, expires_at)
  select given.key_id, given.secret_hmac, old.principal, old.kind, old.roles, old.on_behalf_of, old.owner, old.note,
         given.made_by, public.keys_end(given.days)
    from public.api_keys old
   where old.key_id = given.replaces and old.revoked_at is null and old.expires_at > now();
  if not found then
    return 'not_found';
  end if;
  update public.api_keys
     set expires_at = least(expires_at, now() + make_interval(mins => given.overlap_minutes))
   where key_id = given.replaces;
  return 'created';
end
$$;

-- Whether there was such a key that was not revoked yet.
create function public.keys_revoke(id text) returns boolean
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  update public.api_keys set revoked_at = now() where key_id = id and revoked_at is null;
  return found;
end
$$;

-- How many keys anybody of these names has made in the last hour. Whoever has no name makes none.
create function public.keys_made_by(names text[]) returns bigint
  language plpgsql
  stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(cardinality(names), 0) = 0 then
    raise exception 'a key is made by somebody' using errcode = 'invalid_parameter_value';
  end if;
  return (select count(*) from public.api_keys where made_by && names and created_at > now() - interval '1 hour');
end
$$;

create function public.keys_end(days int) returns timestamptz
  language plpgsql
  stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if days is null or days not between 1 and 90 then
    raise exception 'a key lasts from 1 to 90 days' using errcode = 'invalid_parameter_value';
  end if;
  return now() + make_interval(days => days);
end
$$;

revoke all on function public.keys_create(jsonb, int), public.keys_rotate(jsonb, int), public.keys_revoke(text),
  public.keys_made_by(text[]), public.keys_end(int) from public;
grant execute on function public.keys_create(jsonb, int), public.keys_rotate(jsonb, int), public.keys_revoke(text)
  to gatehouse_writer;
