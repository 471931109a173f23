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
