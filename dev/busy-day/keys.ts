// The keys of that day's cast, some in use, some forgotten, some ended: what a page of keys looks like after a year.

import { createHash } from "node:crypto";
import { randomOf } from "../cluster/random.ts";
import { cast } from "./cast.ts";
import type { Sql } from "../../src/adapters/neon-sql.ts";

const PER_HOLDER = 4;
const INSERT = `
  insert into api_keys (key_id, secret_hmac, principal, kind, roles, on_behalf_of, created_at, expires_at, revoked_at,
                        last_used_at, note)
  values ($1, $2, $3, $4, $5, $6, now() - make_interval(days => $7::int), now() + make_interval(days => $8::int),
          case when $9 = 1 then now() - interval '9 days' end, case when $9 = 0 then now() - interval '7 minutes' end, $10)
  on conflict do nothing`;

/** Nobody can use them: what they keep is the hash of nothing that is known. */
export async function storeKeys(sql: Sql): Promise<number> {
  const random = randomOf("keys of a busy day");
  const holders = cast(0, (seed) => createHash("sha256").update(seed).digest("hex")).map(({ principal }) => principal);
  let stored = 0;
  for (const { id, kind, roles, onBehalfOf } of holders.filter((holder) => holder.kind === "agent")) {
    for (let index = 0; index < PER_HOLDER; index++) {
      const keyId = createHash("sha256").update(`${id} ${index}`).digest("hex").slice(0, 16);
      const unknown = createHash("sha256").update(`${keyId} ${random()}`).digest("hex");
      const [ageDays, leftDays, isRevoked] = [30 + index * 90, 60 - index * 30, index === 2 ? 1 : 0];
      const note = index === 0 ? "in use" : "the one before";
      const values = [keyId, unknown, id, kind, roles, onBehalfOf ?? null, ageDays, leftDays, isRevoked, note];
      const done = await sql({ text: INSERT, values, timeoutMs: 10_000 }, new AbortController().signal);
      if (!done.ok) throw new Error(`the keys could not be stored: ${done.error.kind}`);
      stored++;
    }
  }
  return stored;
}
