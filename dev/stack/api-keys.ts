// Making, listing and revoking API keys: the operator's side of `api_keys`.

import { randomBytes } from "node:crypto";
import * as z from "zod";
import { mintApiKey } from "../../src/access/api-key.ts";
import type { Sql, SqlValue } from "../../src/adapters/neon-sql.ts";

export interface NewKey {
  readonly principal: string;
  readonly kind: "agent" | "human";
  readonly roles: readonly string[];
  readonly onBehalfOf?: string | undefined;
  /** The human who answers for it. */
  readonly owner?: string | undefined;
  readonly days: number;
  readonly note?: string | undefined;
}

export interface KeyStore {
  readonly sql: Sql;
  readonly pepper: string;
}

const ListedKey = z.object({
  key_id: z.string(),
  principal: z.string(),
  kind: z.string(),
  roles: z.array(z.string()),
  on_behalf_of: z.string().nullable(),
  owner: z.string().nullable(),
  created_at: z.coerce.date(),
  expires_at: z.coerce.date(),
  revoked_at: z.coerce.date().nullable(),
  last_used_at: z.coerce.date().nullable(),
});
export type ListedKey = z.output<typeof ListedKey>;

/** The only moment at which the whole key exists: it is printed once and cannot be shown again. */
export async function createKey(store: KeyStore, key: NewKey): Promise<string> {
  const { keyId, text, secretHmac } = mintApiKey(randomBytes, store.pepper);
  await run(
    store,
    `insert into api_keys (key_id, secret_hmac, principal, kind, roles, on_behalf_of, expires_at, note, owner)
     values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7::int), $8, $9)`,
    [
      keyId,
      secretHmac,
      key.principal,
      key.kind,
      key.roles,
      key.onBehalfOf ?? null,
      key.days,
      key.note ?? null,
      key.owner ?? null,
    ],
  );
  return text;
}

export async function listKeys(store: KeyStore): Promise<readonly ListedKey[]> {
  const rows = await run(store, "select * from api_keys order by created_at", []);
  return z.array(ListedKey).parse(rows);
}

/** Answers whether there was such a key that was not revoked yet. Open sessions lose it within 30 seconds. */
export async function revokeKey(store: KeyStore, keyId: string): Promise<boolean> {
  const revoke = "update api_keys set revoked_at = now() where key_id = $1 and revoked_at is null returning key_id";
  const rows = await run(store, revoke, [keyId]);
  return rows.length > 0;
}

async function run(store: KeyStore, text: string, values: readonly SqlValue[]): Promise<readonly unknown[]> {
  const done = await store.sql({ text, values, timeoutMs: 10_000 }, new AbortController().signal);
  if (done.ok) return done.value;
  const { error } = done;
  throw new Error(error.kind === "data_refused" ? `PostgreSQL refused the data (${error.sqlState})` : error.message);
}
