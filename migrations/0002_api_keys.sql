-- API keys: who holds which, and until when. The secret itself is never stored.

create table public.api_keys (
  key_id       text        primary key,
  secret_hmac  text        not null check (secret_hmac ~ '^[0-9a-f]{64}$'),
  principal    text        not null check (principal <> ''),
  kind         text        not null check (kind in ('agent', 'human')),
  roles        text[]      not null default '{}' check (array_position(roles, null) is null),
  on_behalf_of text,
  created_at   timestamptz not null default now(),
  -- A key that never expires is one that nobody remembers.
  expires_at   timestamptz not null check (isfinite(expires_at)),
  revoked_at   timestamptz check (isfinite(revoked_at)),
  last_used_at timestamptz,
  note         text
);

comment on column public.api_keys.secret_hmac is 'HMAC-SHA-256 of the secret under the pepper, hex';
create index api_keys_principal on public.api_keys (principal);

revoke all on public.api_keys from public;
grant select on public.api_keys to gatehouse_writer;
grant update (last_used_at) on public.api_keys to gatehouse_writer;
