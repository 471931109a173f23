// Checkpoints and roots in Neon, put there by a role that can insert them and do nothing else.

import { err, ok } from "../result.ts";
import { unavailable } from "./neon-sql.ts";
import type { EvidenceStore } from "../ports/evidence.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { Sql, SqlValue } from "./neon-sql.ts";

// An alarm waits for it and no person; a cold Neon compute takes seconds to wake.
const TIMEOUT_MS = 15_000;

// No conflict target: it would need SELECT, which the writer does not have.
const CHECKPOINT = `
  insert into audit_checkpoints (chain_id, seq, hash, ts, final, statement, kid, signature)
  values ($1, $2, $3, $4, $5::int::boolean, $6, $7, $8)
  on conflict do nothing`;

const ROOT = `
  insert into audit_roots (day, root, chains, prev_root, statement, kid, signature)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict do nothing`;

export function neonEvidenceStore(sql: Sql): EvidenceStore {
  const put = async (
    text: string,
    values: readonly SqlValue[],
    signal: AbortSignal,
  ): Promise<Result<undefined, UpstreamFailure>> => {
    const stored = await sql({ text, values, timeoutMs: TIMEOUT_MS }, signal);
    if (stored.ok) return ok(undefined);
    const { error } = stored;
    return err(
      error.kind === "data_refused" ? unavailable(`PostgreSQL refused it (SQLSTATE ${error.sqlState})`) : error,
    );
  };

  return {
    putCheckpoint({ chainId, seq, hash, tsMs, isFinal, statement, kid, signature }, signal) {
      const ts = new Date(tsMs).toISOString();
      return put(CHECKPOINT, [chainId, seq, hash, ts, isFinal ? 1 : 0, statement, kid, signature], signal);
    },

    putRoot({ day, root, chains, prevRoot, statement, kid, signature }, signal) {
      return put(ROOT, [day, root, chains, prevRoot ?? null, statement, kid, signature], signal);
    },
  };
}
