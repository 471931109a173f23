// What the Usage page asks of the server, and a light look at what it is answered.

import { has, isListOf } from "../api/checks.ts";
import type { Health, Usage } from "../../../src/http/console/contract/usage.ts";
import type { Answer, Client } from "../api/client.ts";

export type { Health, Usage } from "../../../src/http/console/contract/usage.ts";

export interface UsageApi {
  readonly usage: (query: string) => Answer<Usage>;
  readonly health: () => Answer<Health>;
}

export function usageApi({ ask }: Pick<Client, "ask">): UsageApi {
  return {
    usage: (query) => ask({ path: `usage?${query}` }, isUsage),
    health: () => ask({ path: "health" }, isHealth),
  };
}

const COUNTS = { calls: "number", failed: "number", refused: "number" } as const;

const isUsage = (value: unknown): value is Usage =>
  has(value, { from: "string", to: "string", bucket_s: "number", total: "record", series: "list" }) &&
  has(value, { by_tool: "list", by_principal: "list", refusals: "list" }) &&
  has(value.total, { ...COUNTS, principals: "number", sessions: "number" }) &&
  isListOf(value.series, (bucket) => has(bucket, { at: "string", ...COUNTS })) &&
  isListOf(value.by_tool, (row) => has(row, { tool: "string", ...COUNTS })) &&
  isListOf(value.by_principal, (row) => has(row, { id: "string", ...COUNTS })) &&
  isListOf(value.refusals, (row) => has(row, { reason: "string", count: "number" }));

const isHealth = (value: unknown): value is Health =>
  has(value, { ready: "boolean", status: "string", checks: "list", audit: "record", sessions: "record" }) &&
  has(value, { approvals_waiting: "number" }) &&
  isListOf(value.checks, (check) =>
    has(check, { name: "string", kind: "string", ok: "boolean", latency_ms: "number" }),
  ) &&
  has(value.audit, { backlog_rows: "number", lag_s: "number" }) &&
  has(value.sessions, { live: "number", hibernated: "number" });
