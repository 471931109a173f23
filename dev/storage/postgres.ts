// A real PostgreSQL server behind the Neon stand-in.

import { Pool, type PoolClient, type QueryArrayConfig } from "pg";
import * as z from "zod";
import { becomeRole, type Database, OWNER, type RawResult, type Session } from "./database.ts";

// As many as a Worker may have open at once, twice over.
const MAX_CONNECTIONS = 12;

export function postgres(url: string): Database {
  const pool = new Pool({ connectionString: url, max: MAX_CONNECTIONS, options: "-c TimeZone=UTC" });
  pool.on("error", () => undefined); // an idle connection was cut: the next query opens another
  const roles = new WeakMap<PoolClient, string>();

  return {
    async session(wanted, work) {
      const client = await pool.connect();
      const session = pgSession(client);
      try {
        if (wanted !== (roles.get(client) ?? OWNER)) await becomeRole(session, wanted);
        roles.set(client, wanted);
        return await work(session);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

export function pgSession(client: Pick<PoolClient, "query">): Session {
  return {
    async query(text, values): Promise<RawResult> {
      const config: QueryArrayConfig & { queryMode: "extended" } = {
        text,
        values: [...values],
        rowMode: "array",
        queryMode: "extended",
        types: { getTypeParser: () => (value: unknown) => value },
      };
      const { fields, rows, command, rowCount } = await client.query(config);
      return { fields, rows: Rows.parse(rows), command, rowCount: rowCount ?? 0 };
    },
    async execute(text) {
      const answer: unknown = await client.query(text);
      // One statement answers with a result, several with a list of them.
      return Results.parse(Array.isArray(answer) ? answer : [answer]).at(-1)?.rows ?? [];
    },
  };
}

const Rows = z.array(z.array(z.string().nullable()));
const Results = z.array(z.object({ rows: z.array(z.unknown()) }));
