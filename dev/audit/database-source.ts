// The log in its database: rows and those in quarantine, checkpoints and roots, all of one moment.

import { comparePlaces } from "../../src/audit/verify/place.ts";
import * as listings from "./log-listings.ts";
import { merged } from "./sorted.ts";
import { Unreadable } from "./source.ts";
import type { AuditDatabase } from "./database.ts";
import type { Listing, TextRow } from "./listing.ts";
import type { Span } from "./log-listings.ts";
import type { Batches } from "./sorted.ts";
import type { LogSource } from "./source.ts";

const DAY_MS = 86_400_000;

export interface DatabaseRange {
  /** All there is, where it is undefined. */
  readonly span: Span | undefined;
  /** Days after which rows may be gone. */
  readonly keepDays: number;
  readonly nowMs: number;
}

export function databaseSource(database: AuditDatabase, { span, keepDays, nowMs }: DatabaseRange): LogSource {
  // Dropped are the days before this one; what the rows say about it would be what is to be verified.
  const keptFromMs = (Math.floor(nowMs / DAY_MS) - keepDays) * DAY_MS;
  const each = <T>(listing: Listing, of: (columns: TextRow) => T) => mapped(database.list(listing), of);
  return {
    name: database.name,
    beginning: span ? { fromMs: span.fromMs, cause: "chosen" } : { fromMs: keptFromMs, cause: "retention" },
    checkpointSpan: span,
    rows: () => {
      // Rows in quarantine are kept for ever; those of days that are gone would stand there alone.
      const kept = span ?? { fromMs: keptFromMs, toMs: nowMs + DAY_MS };
      return merged(
        [
          each(listings.rowListing(span), listings.rowOf),
          each(listings.quarantineListing(kept), listings.quarantinedRowOf),
        ],
        comparePlaces,
      );
    },
    checkpoints: () => {
      // Where rows are read page by page, a checkpoint that comes meanwhile may be of rows whose page was read before.
      const storedBeforeMs = database.isOneMoment ? undefined : nowMs;
      return each(listings.checkpointListing(span, storedBeforeMs), listings.checkpointOf);
    },
    roots: () => allOf(each(listings.rootListing(span), listings.rootOf)),
    flaws: () => Promise.resolve([]),
    close: () => database.close(),
  };
}

/** Whether there is anything to go by: an empty database may as well be the wrong one. */
export async function requireLog(database: AuditDatabase): Promise<void> {
  const select = "select to_regclass('public.audit_checkpoints')::text as found";
  for await (const [row] of database.list({ select, where: [], values: [], order: [FOUND] })) {
    if (row?.found === null) break;
    return;
  }
  throw new Unreadable(`${database.name} holds no audit log with checkpoints: is it the right one, and migrated?`);
}

const FOUND = { expression: "1", type: "int", column: "found" };

async function* mapped<T>(rows: Batches<TextRow>, of: (columns: TextRow) => T): Batches<T> {
  for await (const batch of rows) yield batch.map(of);
}

async function allOf<T>(batches: Batches<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
