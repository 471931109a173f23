-- Runbooks: what was approved stands in the audit log by its approval; runs and their steps are kept beside it, to be read.

alter table public.audit_logs add column approval_id uuid;
create index audit_logs_approval on public.audit_logs (approval_id, ts) where approval_id is not null;

-- The human who owns a key: never the one who approves what it asks for.
alter table public.api_keys add column owner text;

-- Mutable while a run is under way, and so not evidence: that is the audit log. Written through put_run alone.
create table public.runs (
  run_id      text        primary key,
  approval_id uuid        not null unique,
  runbook     text        not null,
  version     int         not null,
  digest      text        not null,
  cluster     text        not null,
  namespace   text,
  params      jsonb       not null,
  requester   text        not null,
  approvers   text[]      not null,
  state       text        not null,
  message     text,
  started_at  timestamptz not null,
  ended_at    timestamptz,
  revision    int         not null
);
create index runs_started on public.runs (started_at desc);
create index runs_runbook on public.runs (runbook, started_at desc);

create table public.run_steps (
  run_id     text        not null references public.runs on delete cascade,
  position   int         not null,
  step       text        not null,
  phase      text        not null check (phase in ('steps', 'on_failure')),
  kind       text        not null,
  state      text        not null,
  does       text        not null,
  message    text,
  output     jsonb,
  attempts   int         not null default 0,
  started_at timestamptz,
  ended_at   timestamptz,
  primary key (run_id, position)
);

revoke all on public.runs, public.run_steps from public;
grant select on public.runs, public.run_steps to gatehouse_reader;

-- The whole run as it stands, in one statement. Revisions only ever grow: a copy that comes late, or twice, changes nothing.
-- What was approved, and by whom, is of the first copy and stays.
create function public.put_run(run jsonb) returns boolean
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.runs as kept (run_id, approval_id, runbook, version, digest, cluster, namespace, params, requester,
                                   approvers, state, message, started_at, ended_at, revision)
  select given.*
    from jsonb_to_record(run) as given(
      run_id text, approval_id uuid, runbook text, version int, digest text, cluster text, namespace text, params jsonb,
      requester text, approvers text[], state text, message text, started_at timestamptz, ended_at timestamptz,
      revision int)
  on conflict (run_id) do update
    set state = excluded.state, message = excluded.message, ended_at = excluded.ended_at, revision = excluded.revision
    where kept.revision < excluded.revision;
  if not found then
    return false;
  end if;

  delete from public.run_steps where run_id = run ->> 'run_id';
  insert into public.run_steps (run_id, position, step, phase, kind, state, does, message, output, attempts, started_at,
                                ended_at)
  select run ->> 'run_id', each.position, step.*
    from jsonb_array_elements(run -> 'steps') with ordinality as each(written, position)
   cross join lateral jsonb_to_record(each.written) as step(
      step text, phase text, kind text, state text, does text, message text, output jsonb, attempts int,
      started_at timestamptz, ended_at timestamptz);
  return true;
end
$$;

-- Runs are kept as long as the audit log that explains them.
create function public.runs_maintain(keep_days int, out dropped int)
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
  set lock_timeout = '3s'
as $$
begin
  if keep_days is null or keep_days < 30 then
    raise exception 'runs are kept for 30 days at least' using errcode = 'invalid_parameter_value';
  end if;
  delete from public.runs where started_at < now() - make_interval(days => keep_days);
  get diagnostics dropped = row_count;
end
$$;

revoke all on function public.put_run(jsonb), public.runs_maintain(int) from public;
grant execute on function public.put_run(jsonb), public.runs_maintain(int) to gatehouse_writer;
