// `npm run audit -- query`: rows of the log by the console's own filter, so that a link of it can be pasted.

import {
  AUDIT_FACETS,
  AUDIT_RANGES,
  formatAuditFilter,
  parseAuditFilter,
  spanOf,
} from "../../src/http/console/contract/audit-filter.ts";
import { table } from "../stack/terminal.ts";
import { numberIn, readArguments, type Arguments } from "./arguments.ts";
import { ENVIRONMENT_HELP, openDatabase } from "./environment.ts";
import { UsageError } from "./source.ts";
import type { AuditFacet, AuditFilter } from "../../src/http/console/contract/audit-filter.ts";
import type { Listing, TextRow } from "./listing.ts";

const RANGES = Object.keys(AUDIT_RANGES).join(", ");

export const USAGE = `npm run audit -- query [LINK] [options]

  LINK             an address of the console's Audit page, or what stands behind its ?
  --last RANGE     ${RANGES}; 24h when nothing is given
  --from, --to     2026-11-29T08:00:00Z
  ${AUDIT_FACETS.map((facet) => `--${facet}`).join(" ")}
                   each may be given several times: any of its values will do
  --limit N        the newest so many: 100
  --json           one JSON object a row, with the record as it was hashed
${ENVIRONMENT_HELP}`;

const FACET_OPTIONS = Object.fromEntries(
  AUDIT_FACETS.map((facet) => [facet, { type: "string", multiple: true } as const]),
);
const OPTIONS = {
  ...FACET_OPTIONS,
  last: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
  json: { type: "boolean" },
} as const;

const COLUMNS = {
  actor: "actor_id",
  tool: "tool",
  action: "action",
  outcome: "outcome",
  reason: "reason",
  session: "session_id",
  cluster: "cluster",
  namespace: "namespace",
  approval: "approval_id::text",
  call: "call_id::text",
  trace: "(record::jsonb ->> 'trace_id')",
  key: "key_id",
} as const satisfies Record<AuditFacet, string>;

export async function query(given: readonly string[]): Promise<number> {
  const args = readArguments(given, OPTIONS);
  const filter = filterOf(args);
  const limit = numberIn(args, "limit", { least: 1, most: 1_000_000, fallback: 100 });
  const database = await openDatabase(undefined);
  try {
    let left = limit;
    const shown: TextRow[] = [];
    for await (const rows of database.list(listingOf(filter, Date.now()))) {
      const wanted = rows.slice(0, left);
      left -= wanted.length;
      if (args.isSet("json")) print(wanted);
      else shown.push(...wanted);
      if (left === 0) break;
    }
    if (!args.isSet("json")) console.log(shown.length === 0 ? nothing(filter) : table(shown.map(inTable)));
    return 0;
  } finally {
    await database.close();
  }
}

function print(rows: readonly TextRow[]): void {
  for (const row of rows) console.log(JSON.stringify(row));
}

function filterOf(args: Arguments): AuditFilter {
  const [link, second] = args.words;
  if (second !== undefined) throw new UsageError("One link at a time; in quotes, because of its & and ?.");
  const params = new URLSearchParams(link === undefined ? "" : link.slice(link.indexOf("?") + 1));
  const times = ["last", "from", "to"] as const;
  // A time in the command replaces that of the link, whichever form it has.
  if (times.some((name) => args.text(name) !== undefined)) for (const name of times) params.delete(name);
  for (const name of times) {
    const value = args.text(name);
    if (value !== undefined) params.set(name, value);
  }
  for (const facet of AUDIT_FACETS) for (const value of args.all(facet)) params.append(facet, value);
  const filter = parseAuditFilter(params);
  if ("message" in filter) throw new UsageError(`${filter.param} ${filter.message}`);
  return filter;
}

function listingOf({ time, where }: AuditFilter, nowMs: number): Listing {
  const { fromMs, toMs } = spanOf(time, nowMs);
  const facets = AUDIT_FACETS.flatMap((facet) =>
    where[facet] ? [{ column: COLUMNS[facet], values: where[facet] }] : [],
  );
  return {
    select: `select to_char(ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ts, actor_id, action, tool, cluster,
      namespace, phase, outcome, reason, duration_ms::text, chain_id, seq::text, event_id::text, record from audit_logs`,
    where: [
      "ts >= $1::timestamptz",
      "ts < $2::timestamptz",
      ...facets.map(({ column }, index) => `${column} = any($${index + 3}::text[])`),
    ],
    values: [...[fromMs, toMs].map((atMs) => new Date(atMs).toISOString()), ...facets.map(({ values }) => values)],
    order: [
      { expression: "audit_logs.ts", type: "timestamptz", column: "ts" },
      { expression: "audit_logs.event_id", type: "uuid", column: "event_id" },
    ],
    descending: true,
  };
}

function inTable({
  ts,
  actor_id,
  action,
  tool,
  cluster,
  namespace,
  outcome,
  reason,
  duration_ms,
  chain_id,
  seq,
}: TextRow) {
  const what = action === "tool.call" ? (tool ?? "") : (action ?? "");
  const where = [cluster, namespace].filter(Boolean).join("/");
  return { ts, actor: actor_id, what, where, outcome, reason, ms: duration_ms, row: `${chain_id?.slice(0, 8)}:${seq}` };
}

function nothing(filter: AuditFilter): string {
  return `No row matches ${decodeURIComponent(formatAuditFilter(filter).toString())}.`;
}
