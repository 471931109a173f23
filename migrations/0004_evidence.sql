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
