// API keys in Neon as an administrator sees them, changed through functions that the Worker's role may call and no more.

import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { type Sql, type SqlValue, unavailable } from "./neon-sql.ts";
import { MAX_LISTED_KEYS, MOST_KEYS_AN_HOUR, rolesTogether } from "../ports/key-admin.ts";
import type { KeyAdmin, KeyRefused, ListedKey } from "../ports/key-admin.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

/** Somebody sits in front of it. */
const TIMEOUT_MS = 5_000;

// Never the HMAC: it is no secret, and nobody's business either.
const COLUMNS = `
  key_id, principal, kind, roles, on_behalf_of, owner, made_by, note,
  extract(epoch from created_at)::float8 as created_at, extract(epoch from expires_at)::float8 as expires_at,
  extract(epoch from revoked_at)::float8 as revoked_at, extract(epoch from last_used_at)::float8 as last_used_at`;
const LIST = `
  select ${COLUMNS} from api_keys
  order by (revoked_at is null and expires_at > now()) desc, api_keys.created_at desc, key_id
  limit ${MAX_LISTED_KEYS}`;
const FIND = `select ${COLUMNS} from api_keys where key_id = $1`;
const HELD = `
  select ${COLUMNS} from api_keys
  where principal = any($1::text[]) and revoked_at is null and expires_at > now()
  limit ${MAX_LISTED_KEYS}`;
const CREATE = "select public.keys_create($1::jsonb, $2::int) as outcome";
const ROTATE = "select public.keys_rotate($1::jsonb, $2::int) as outcome";
const REVOKE = "select case when public.keys_revoke($1) then 'created' else 'not_found' end as outcome";

export function neonKeyAdmin(sql: Sql): KeyAdmin {
  const rows = async (text: string, values: readonly SqlValue[], signal: AbortSignal) =>
    readAs(Rows(), await sql({ text, values, timeoutMs: TIMEOUT_MS }, signal));
  const change = async (
    text: string,
    values: readonly SqlValue[],
    signal: AbortSignal,
  ): Promise<Result<undefined, KeyRefused | UpstreamFailure>> => {
    const done = readAs(Outcome(), await sql({ text, values, timeoutMs: TIMEOUT_MS }, signal));
    if (!done.ok) return done;
    const [{ outcome }] = done.value;
    return outcome === "created" ? ok(undefined) : err({ kind: outcome });
  };

  return {
    list: (signal) => rows(LIST, [], signal),
    async find(keyId, signal) {
      // Not storable, so surely unknown.
      if (!isStorable(keyId)) return ok(undefined);
      const found = await rows(FIND, [keyId], signal);
      return found.ok ? ok(found.value[0]) : found;
    },
    async rolesOf(principalIds, signal) {
      const held = await rows(HELD, [principalIds], signal);
      return held.ok ? ok(rolesTogether(held.value)) : held;
    },
    create: ({ keyId, secretHmac, holder, days, madeBy }, signal) => {
      const { principalId: principal, kind, roles, onBehalfOf, owner, note } = holder;
      const wanted = { principal, kind, roles, on_behalf_of: onBehalfOf, owner, note, days };
      return change(CREATE, [written({ keyId, secretHmac, madeBy }, wanted), MOST_KEYS_AN_HOUR], signal);
    },
    rotate: ({ replaces, overlapMinutes, days, ...made }, signal) => {
      const wanted = { replaces, overlap_minutes: overlapMinutes, days };
      return change(ROTATE, [written(made, wanted), MOST_KEYS_AN_HOUR], signal);
    },
    revoke: (keyId, signal) =>
      isStorable(keyId) ? change(REVOKE, [keyId], signal) : Promise.resolve(err({ kind: "not_found" } as const)),
  };
}

function readAs<T>(shape: z.ZodType<T>, answered: Awaited<ReturnType<Sql>>): Result<T, UpstreamFailure> {
  if (!answered.ok) return err(answered.error.kind === "data_refused" ? unavailable(REFUSED) : answered.error);
  const read = shape.safeParse(answered.value);
  return read.success ? ok(read.data) : err(unavailable("PostgreSQL answered of api_keys in an unknown way"));
}

interface Made {
  readonly keyId: string;
  readonly secretHmac: string;
  readonly madeBy: readonly string[];
}

function written({ keyId, secretHmac, madeBy }: Made, more: object): string {
  return JSON.stringify({ key_id: keyId, secret_hmac: secretHmac, made_by: madeBy, ...more });
}

function isStorable(keyId: string): boolean {
  return !keyId.includes("\0") && keyId.isWellFormed();
}

const REFUSED = "PostgreSQL refused the key";

const Outcome = once(() =>
  z.tuple([z.object({ outcome: z.enum(["created", "too_many", "name_taken", "not_found"]) })]),
);

const Row = once(() =>
  z
    .object({
      key_id: z.string(),
      principal: z.string(),
      kind: z.enum(["agent", "human"]),
      roles: z.array(z.string()),
      on_behalf_of: z.string().nullable(),
      owner: z.string().nullable(),
      made_by: z.array(z.string()).nullable(),
      note: z.string().nullable(),
      created_at: z.number(),
      expires_at: z.number(),
      revoked_at: z.number().nullable(),
      last_used_at: z.number().nullable(),
    })
    .transform((row): ListedKey => ({
      keyId: row.key_id,
      principalId: row.principal,
      kind: row.kind,
      roles: row.roles,
      onBehalfOf: row.on_behalf_of ?? undefined,
      owner: row.owner ?? undefined,
      madeBy: row.made_by ?? undefined,
      note: row.note ?? undefined,
      createdAtMs: ms(row.created_at),
      expiresAtMs: ms(row.expires_at),
      revokedAtMs: row.revoked_at === null ? undefined : ms(row.revoked_at),
      lastUsedAtMs: row.last_used_at === null ? undefined : ms(row.last_used_at),
    })),
);
const Rows = once(() => z.array(Row()));

function ms(seconds: number): number {
  return Math.round(seconds * 1_000);
}
