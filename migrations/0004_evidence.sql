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
