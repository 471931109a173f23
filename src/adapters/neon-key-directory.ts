// API keys in Neon, found in one statement that also notes their use.

import * as z from "zod";
import type { KeyDirectory, KeyRecord } from "../ports/key-directory.ts";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { type Sql, unavailable } from "./neon-sql.ts";

// Somebody is waiting at the door; a client's own handshake timeout is about 5 s.
const LOOKUP_TIMEOUT_MS = 2_500;

// SKIP LOCKED: whoever holds the row (an operator's open transaction, another lookup) must not hold up the door.
const FIND = `
  with used as (
    update api_keys set last_used_at = now()
    where key_id in (
      select key_id from api_keys
      where key_id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
      for no key update skip locked)
  )
  select key_id, secret_hmac, principal, kind, roles, on_behalf_of, owner, made_by,
         extract(epoch from expires_at)::float8 as expires_at, extract(epoch from revoked_at)::float8 as revoked_at
  from api_keys where key_id = $1`;

export function neonKeyDirectory(sql: Sql): KeyDirectory {
  return {
    async find(keyId, signal) {
      // Not storable, so surely unknown; sent as it is, it would come back as an error instead.
      if (keyId.includes("\0") || !keyId.isWellFormed()) return ok(undefined);

      const found = await sql({ text: FIND, values: [keyId], timeoutMs: LOOKUP_TIMEOUT_MS }, signal);
      if (!found.ok) {
        return err(found.error.kind === "data_refused" ? unavailable("PostgreSQL refused the key id") : found.error);
      }
      const rows = Rows().safeParse(found.value);
      return rows.success ? ok(rows.data[0]) : err(unavailable("a row of api_keys has an unknown shape"));
    },
  };
}

const Row = once(() =>
  z
    .object({
      key_id: z.string(),
      secret_hmac: z.string(),
      principal: z.string(),
      kind: z.enum(["agent", "human"]),
      roles: z.array(z.string()),
      on_behalf_of: z.string().nullable(),
      owner: z.string().nullable(),
      made_by: z.array(z.string()).nullable(),
      expires_at: z.number(),
      revoked_at: z.number().nullable(),
    })
    .transform((row): KeyRecord => ({
      keyId: row.key_id,
      secretHmac: row.secret_hmac,
      principalId: row.principal,
      kind: row.kind,
      roles: row.roles,
      onBehalfOf: row.on_behalf_of ?? undefined,
      owner: row.owner ?? undefined,
      madeBy: row.made_by ?? undefined,
      expiresAtMs: Math.round(row.expires_at * 1000),
      revokedAtMs: row.revoked_at === null ? undefined : Math.round(row.revoked_at * 1000),
    })),
);

const Rows = once(() => z.array(Row()).max(1));
