// The audit log behind the scripted API: it filters and counts the rows that a test gives it, and says nothing that its contract does not allow.

import * as contract from "../../src/http/console/contract/audit.ts";
import { parseAuditFilter, spanOf } from "../../src/http/console/contract/audit-filter.ts";
import { at } from "./sample-audit.ts";
import { NOW } from "./samples.ts";
import type { AuditFacet, AuditFilter } from "../../src/http/console/contract/audit-filter.ts";
import type { AuditEvent, AuditEvidence, AuditPayload, AuditRow } from "../../console/src/audit/api.ts";
import type { Question, ScriptedApi } from "./scripted-api.ts";

const BUCKETS = 48;
const COLUMN = {
  actor: "actor",
  tool: "tool",
  action: "action",
  outcome: "outcome",
  reason: "reason",
  session: "session_id",
  cluster: "cluster",
  namespace: "namespace",
  approval: "approval_id",
  call: "call_id",
  trace: "trace_id",
  key: "key_id",
} as const satisfies Record<AuditFacet, keyof AuditRow>;

export const EVIDENCE: AuditEvidence = {
  verified_up_to: at(90_000),
  verified_rows: 184_302,
  faults: [],
  last_checkpoint_at: at(1_500_000),
  last_root: { day: "2026-03-11", root: "7be1".repeat(16), chains: 42 },
  quarantined: 0,
};

export class ScriptedAudit {
  rows: readonly AuditRow[] = [];
  evidence: AuditEvidence = EVIDENCE;
  /** By id; of others the row alone is the story. */
  readonly events = new Map<string, Partial<AuditEvent>>();
  payload: Omit<AuditPayload, "id"> = { params: {}, record: "{}" };
  /** The queries for rows, as they came. */
  readonly asked: string[] = [];
  readonly opened: string[] = [];

  constructor(api: ScriptedApi) {
    api.answers.set("GET audit", (question) => this.#page(question));
    api.answers.set("GET audit/summary", (question) => this.#summary(question));
    api.answers.set("GET audit/evidence", () => contract.AuditEvidence().parse(this.evidence));
    api.answers.set("GET audit/events", (question) => this.#event(question));
    api.answers.set("GET audit/payload", (question) => this.#payload(question));
  }

  #page({ query }: Question): object {
    this.asked.push(query.toString());
    const filter = filterOf(query);
    const { fromMs, toMs } = spanOf(filter.time, NOW);
    const found = this.#found(filter);
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit"));
    return contract.AuditPage().parse({
      rows: found.slice(from, to),
      ...(to < found.length ? { next: String(to) } : {}),
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      now: new Date(NOW).toISOString(),
    });
  }

  #summary({ query }: Question): object {
    const filter = filterOf(query);
    const { fromMs, toMs } = spanOf(filter.time, NOW);
    const bucketS = Math.max(1, Math.ceil((toMs - fromMs) / 1_000 / BUCKETS));
    const counted = this.#found(filter).filter(({ phase }) => phase !== "intent");
    const histogram = Array.from({ length: Math.ceil((toMs - fromMs) / 1_000 / bucketS) }, (_, index) => {
      const begins = fromMs + index * bucketS * 1_000;
      const inside = counted.filter(({ ts }) => Date.parse(ts) >= begins && Date.parse(ts) < begins + bucketS * 1_000);
      const count = (outcome: string) => inside.filter((row) => row.outcome === outcome).length;
      const [ok, failed, refused] = [count("ok"), count("failed"), count("refused")];
      return { at: new Date(begins).toISOString(), ok, failed, refused, other: inside.length - ok - failed - refused };
    });
    return contract.AuditSummary().parse({
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      total: counted.length,
      bucket_s: bucketS,
      histogram,
      facets: Object.fromEntries(Object.entries(COLUMN).map(([facet, column]) => [facet, top(counted, column)])),
    });
  }

  #event({ path, query }: Question): object {
    const row = this.#row(path, query);
    const more = this.events.get(row.id);
    return contract.AuditEvent().parse({
      row,
      timeline: [row],
      prev_hash: "1f".repeat(32),
      hash: "e0".repeat(32),
      intact: "intact",
      ...more,
    });
  }

  #payload({ path, query }: Question): object {
    const { id } = this.#row(path, query);
    this.opened.push(id);
    return contract.AuditPayload().parse({ id, ...this.payload });
  }

  #row(path: string, query: URLSearchParams): AuditRow {
    const id = decodeURIComponent(path.split("/").at(-1) ?? "");
    const row = this.rows.find((one) => one.id === id && one.ts === query.get("at"));
    if (!row) throw new Error(`no test has put a row ${id}`);
    return row;
  }

  #found({ time, where }: AuditFilter): readonly AuditRow[] {
    const { fromMs, toMs } = spanOf(time, NOW + 1);
    const fits = (row: AuditRow) =>
      Object.entries(COLUMN).every(([facet, column]) => {
        const wanted = Object.entries(where).find(([name]) => name === facet)?.[1];
        return wanted === undefined || wanted.includes(String(row[column]));
      });
    return this.rows
      .filter((row) => Date.parse(row.ts) >= fromMs && Date.parse(row.ts) < toMs && fits(row))
      .toSorted((a, b) => Date.parse(b.ts) - Date.parse(a.ts));
  }
}

function filterOf(query: URLSearchParams): AuditFilter {
  const filter = parseAuditFilter(query);
  if ("message" in filter) throw new Error(`the page asked with ${query.toString()}`);
  return filter;
}

function top(rows: readonly AuditRow[], column: keyof AuditRow): readonly { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = row[column];
    if (value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, 10);
}
