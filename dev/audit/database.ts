// The audit database, read without ever holding more than two batches: PostgreSQL itself, or what `npm run dev` serves over HTTP.

import { Client } from "pg";
import * as z from "zod";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { connectionString } from "../migrate.ts";
import { pageOf, questionOf, type Listing, type Question, type TextRow } from "./listing.ts";
import { Unreadable, UsageError } from "./source.ts";
import type { Batches } from "./sorted.ts";

export interface AuditDatabase {
  /** `gatehouse on db.example.com`: no user, no password. */
  readonly name: string;
  /** All that is listed is of the moment at which it was opened. */
  readonly isOneMoment: boolean;
  list(listing: Listing): Batches<TextRow>;
  close(): Promise<void>;
}

const BATCH_ROWS = 2_000;
const CONNECT_TIMEOUT_MS = 15_000;
const PAGE_TIMEOUT_MS = 60_000;

/** Over PostgreSQL's own protocol, in one snapshot that is only read. */
export async function postgresDatabase(url: string): Promise<AuditDatabase> {
  const client = new Client({ connectionString: checked(url), connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  const name = nameOf(url);
  // The query that is under way fails with it, and that is reported.
  client.on("error", () => undefined);
  const ask = async ({ text, values }: Question): Promise<readonly TextRow[]> => {
    try {
      return Rows.parse((await client.query({ text, values: [...values], types: AS_TEXT })).rows);
    } catch (cause) {
      throw new Unreadable(`${name}: ${messageOf(cause)}`, { cause });
    }
  };
  try {
    await client.connect();
  } catch (cause) {
    throw new Unreadable(`cannot connect to ${name}: ${messageOf(cause)}`, { cause });
  }
  await ask({ text: "begin isolation level repeatable read read only", values: [] });
  let cursors = 0;

  return {
    name,
    isOneMoment: true,
    async *list(listing) {
      const cursor = `audit_${(cursors += 1)}`;
      const { text, values } = questionOf(listing);
      await ask({ text: `declare ${cursor} no scroll cursor for ${text}`, values });
      const fetch = () => ask({ text: `fetch ${BATCH_ROWS} from ${cursor}`, values: [] });
      for (let next = fetch(); ;) {
        const rows = await next;
        if (rows.length === 0) return;
        // Under way while these rows are looked at. Whoever stops listening must not be told of its failure.
        next = fetch();
        next.catch(() => undefined);
        yield rows;
      }
    },
    async close() {
      await client.end();
    },
  };
}

/** Each page is a request of its own, so what arrives meanwhile may be in it. */
export function httpDatabase(url: string): AuditDatabase {
  const sql = neonSql(checked(url));
  const { signal } = new AbortController();
  return {
    name: `${nameOf(url)} (npm run dev)`,
    isOneMoment: false,
    async *list(listing) {
      for (let after: TextRow | undefined; ;) {
        const { text, values } = pageOf(listing, after, BATCH_ROWS);
        const answer = await sql({ text, values, timeoutMs: PAGE_TIMEOUT_MS }, signal);
        if (!answer.ok)
          throw new Unreadable(
            `${nameOf(url)}: ${"message" in answer.error ? answer.error.message : answer.error.kind}`,
          );
        const rows = Rows.parse(answer.value);
        if (rows.length > 0) yield rows;
        after = rows.at(-1);
        if (rows.length < BATCH_ROWS) return;
      }
    },
    close: () => Promise.resolve(),
  };
}

const Rows = z.array(z.record(z.string(), z.string().nullable()));
const AS_TEXT = { getTypeParser: () => (value: unknown) => value };

function checked(url: string): string {
  try {
    return connectionString(url);
  } catch (cause) {
    throw new UsageError(messageOf(cause), { cause });
  }
}

function nameOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return `${decodeURIComponent(pathname.slice(1)) || "the database"} on ${hostname}`;
}

function messageOf(cause: unknown): string {
  // Connection attempts to several addresses fail together, with the text inside.
  const error: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return error instanceof Error ? error.message : String(error);
}
