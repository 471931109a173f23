// Whether PostgreSQL answers: the shortest statement there is.

import { err, ok } from "../result.ts";
import { unavailable } from "./neon-sql.ts";
import type { Probe } from "../ports/health.ts";
import type { Sql } from "./neon-sql.ts";

const TIMEOUT_MS = 2_000;

export function neonHealth(name: string, sql: Sql): Probe {
  return {
    name,
    kind: "postgres",
    async ask(signal) {
      const asked = await sql({ text: "select 1", values: [], timeoutMs: TIMEOUT_MS }, signal);
      if (asked.ok) return ok(undefined);
      return err(asked.error.kind === "data_refused" ? unavailable("PostgreSQL refused the statement") : asked.error);
    },
  };
}
