// Neon's SQL over HTTP (POST /sql), as the driver speaks it, on any PostgreSQL.

import * as z from "zod";
import { type Database, type RawResult, type Session, UnknownRole } from "./database.ts";
import type { HttpRequest } from "./http-request.ts";

export function neon(database: Database): (request: HttpRequest) => Promise<Response> {
  return async (request) => {
    const body = parseBody(await request.text());
    const user = userOf(request.headers.get("neon-connection-string"));
    if (!body || user === undefined) return Response.json({ message: "malformed request" }, { status: 400 });

    try {
      return await database.session(user, async (session) => {
        if ("query" in body) return Response.json(reply(await session.query(body.query, body.params)));
        return Response.json({ results: await batch(session, body.queries, beginning(request.headers)) });
      });
    } catch (cause) {
      return failure(cause);
    }
  };
}

// Neon parses the body in Rust, which knows no half surrogate pairs: the whole request is refused, without an SQLSTATE.
const Text = z.string().refine((text) => text.isWellFormed());
const Query = z.object({ query: Text, params: z.array(Text.nullable()).default([]) });
const Body = z.union([Query, z.object({ queries: z.array(Query) })]);

function parseBody(text: string): z.output<typeof Body> | undefined {
  try {
    return Body.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // answered as malformed
  }
}

/** Only the user counts: it decides the privileges, as it does on Neon. Any password will do. */
function userOf(connectionString: string | null): string | undefined {
  if (!connectionString || !URL.canParse(connectionString)) return undefined;
  return decodeURIComponent(new URL(connectionString).username) || undefined;
}

async function batch(session: Session, queries: readonly z.output<typeof Query>[], begin: string): Promise<object[]> {
  await session.execute(begin);
  try {
    const results: object[] = [];
    for (const { query, params } of queries) results.push(reply(await session.query(query, params)));
    await session.execute("commit");
    return results;
  } catch (cause) {
    await session.execute("rollback");
    throw cause;
  }
}

const ISOLATION = new Map([
  ["ReadUncommitted", "read uncommitted"],
  ["ReadCommitted", "read committed"],
  ["RepeatableRead", "repeatable read"],
  ["Serializable", "serializable"],
]);

function beginning(headers: HttpRequest["headers"]): string {
  const isolation = ISOLATION.get(headers.get("neon-batch-isolation-level") ?? "");
  const modes = [
    isolation && `isolation level ${isolation}`,
    headers.get("neon-batch-read-only") === "true" && "read only",
    headers.get("neon-batch-deferrable") === "true" && "deferrable",
  ];
  return `begin ${modes.filter(Boolean).join(", ")}`;
}

function reply({ fields, rows, command, rowCount }: RawResult): object {
  // The driver reads names and types; the rest is there for whoever looks at the wire.
  const described = fields.map(({ name, dataTypeID }) => ({
    name,
    dataTypeID,
    tableID: 0,
    columnID: 0,
    dataTypeSize: -1,
    dataTypeModifier: -1,
    format: "text",
  }));
  return { rowAsArray: true, fields: described, rows, command, rowCount };
}

const Field = z.string().optional().catch(undefined);
const PostgresError = z.object({
  message: z.string(),
  code: z.string().regex(/^[0-9A-Z]{5}$/),
  severity: Field,
  detail: Field,
  hint: Field,
  position: Field,
  internalPosition: Field,
  internalQuery: Field,
  where: Field,
  schema: Field,
  table: Field,
  column: Field,
  dataType: Field,
  constraint: Field,
  file: Field,
  line: Field,
  routine: Field,
});

/** PostgreSQL's own errors are 400 and carry its fields; a refused login is 400 without them; anything else is 500. */
function failure(cause: unknown): Response {
  if (cause instanceof UnknownRole) return Response.json({ message: cause.message, code: null }, { status: 400 });
  const known = PostgresError.safeParse(cause);
  if (known.success) return Response.json(known.data, { status: 400 });
  return Response.json({ message: cause instanceof Error ? cause.message : "internal error" }, { status: 500 });
}
