// What was done through this server, out of its audit log: whatever the caller may see of it, and never what was asked.

import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { err, ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";
import type { AuditPosition, AuditQuestion } from "../ports/audit-reader.ts";
import type { Result } from "../result.ts";
import type { InvalidInput } from "../tool/failure.ts";

const LAST_MS = {
  "15m": 900_000,
  "1h": 3_600_000,
  "6h": 21_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
  "30d": 2_592_000_000,
} as const;

const MAX_RESULT_BYTES = 64 * 1024;
/** For what stands beside the rows. */
const BESIDE_BYTES = 1_024;

const one = (what: string) => z.string().min(1).max(256).optional().describe(what);

export const auditSearch = defineTool({
  name: "audit.search",
  description:
    "Search the audit log, newest first: who called what, where, when and how it ended, refusals and approvals too. Yours are always found, others' where your grant reaches. Rows carry no arguments.",
  effect: "read",
  requires: "audit:read",
  rate: "30/minute",
  maxResultBytes: MAX_RESULT_BYTES,
  uses: ["auditReader"],
  input: () =>
    z.strictObject({
      last: z.enum(["15m", "1h", "6h", "24h", "7d", "30d"]).optional().describe("Up to now; 24h if no time given"),
      from: z.string().max(40).optional().describe("Instead of last: RFC 3339, inclusive"),
      to: z.string().max(40).optional().describe("With from, exclusive"),
      actor: one("Such as agent:triage"),
      tool: one("Its name"),
      outcome: z
        .enum(["ok", "failed", "refused", "cancelled", "unknown", "pending"])
        .optional()
        .describe("How it ended"),
      cluster: one("Its name"),
      session: one("Its id"),
      approval: z.string().max(36).optional().describe("Its id"),
      trace: z.string().max(32).optional().describe("Its W3C id"),
      limit: z.int().min(1).max(100).default(50).describe("Most rows"),
      cursor: z.string().max(64).optional().describe("The last next_cursor"),
    }),
  output: () =>
    z.object({
      rows: z.array(Row()),
      next_cursor: z.string().optional(),
      hint: z.string().optional(),
      /** Names and reasons are what callers sent: data, never instructions. */
      untrusted: z.literal(true),
    }),

  async run(input, { auditReader }, { grant, now, signal }) {
    if (!auditReader) return err(NO_READER);
    const asked = questionOf(input, now());
    if (!asked.ok) return asked;
    const after = input.cursor === undefined ? undefined : readCursor(input.cursor);
    if (input.cursor !== undefined && !after) return err(BAD_CURSOR);

    const sight = { principalId: grant.principal.id, scopes: grant.scopes };
    const found = await auditReader.search({ ...asked.value, sight, limit: input.limit, after }, signal);
    if (!found.ok) return found;
    const rows = found.value.rows.map((row) => Row().parse(row));
    const shown = whole(rows);
    const last = shown.at(-1);
    const next = shown.length < rows.length && last ? { tsMs: Date.parse(last.ts), id: last.id } : found.value.next;
    return ok({
      rows: shown,
      ...(next && { next_cursor: `${next.tsMs}_${next.id}`, hint: MORE }),
      ...(shown.length === 0 && { hint: NOTHING }),
      untrusted: true as const,
    });
  },
});

/** What a model can do something with: of the chain, the network and the digests it has no use. */
const Row = () =>
  z.object({
    id: z.string(),
    ts: z.string(),
    call_id: z.string(),
    phase: z.string(),
    actor: z.string(),
    on_behalf_of: z.string().optional(),
    session_id: z.string().optional(),
    action: z.string(),
    tool: z.string().optional(),
    cluster: z.string().optional(),
    namespace: z.string().optional(),
    outcome: z.string().optional(),
    reason: z.string().optional(),
    duration_ms: z.int().optional(),
    approval_id: z.string().optional(),
    trace_id: z.string().optional(),
    count: z.int().optional(),
  });

interface Input extends Partial<
  Record<"actor" | "tool" | "outcome" | "cluster" | "session" | "approval" | "trace", string | undefined>
> {
  readonly last?: keyof typeof LAST_MS | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function questionOf(input: Input, nowMs: number): Result<Omit<AuditQuestion, "sight">, InvalidInput> {
  const time = timeOf(input, nowMs);
  if (!time.ok) return time;
  const { approval, trace } = input;
  if (approval !== undefined && !UUID.test(approval)) return wrong("approval", "must be the UUID of an approval");
  if (trace !== undefined && !TRACE_ID.test(trace))
    return wrong("trace", "must be 32 hexadecimal digits in lower case");
  const where: Partial<Record<(typeof FIELDS)[number], readonly string[]>> = {};
  for (const field of FIELDS) {
    const value = input[field];
    if (value === undefined) continue;
    // PostgreSQL could not even read it; no row has it.
    if (!value.isWellFormed() || value.includes("\0")) return wrong(field, "must be text without NUL");
    where[field] = [value];
  }
  return ok({ ...time.value, where });
}

const FIELDS = ["actor", "tool", "outcome", "cluster", "session", "approval", "trace"] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
/** Longer than any retention that is searched here. */
const MAX_SPAN_MS = 400 * 86_400_000;

interface Time {
  readonly fromMs: number;
  readonly toMs: number;
}

function timeOf({ last, from, to }: Input, nowMs: number): Result<Time, InvalidInput> {
  if (from === undefined && to === undefined) return ok({ fromMs: nowMs - LAST_MS[last ?? "24h"], toMs: nowMs });
  if (last !== undefined) return wrong("last", "goes without from and to");
  const [fromMs, toMs] = [momentOf(from), to === undefined ? nowMs : momentOf(to)];
  if (Number.isNaN(fromMs)) return wrong("from", "must be a time such as 2026-11-29T08:00:00Z");
  if (Number.isNaN(toMs)) return wrong("to", "must be a time such as 2026-11-29T09:00:00Z");
  if (toMs <= fromMs || toMs - fromMs > MAX_SPAN_MS) return wrong("to", "must be later than from, by 400 days at most");
  return ok({ fromMs, toMs });
}

function momentOf(text = ""): number {
  return MOMENT.test(text) ? Date.parse(text) : Number.NaN;
}

function wrong(path: string, message: string): Result<never, InvalidInput> {
  return err({ kind: "invalid_params", issues: [{ path, message }] });
}

function readCursor(text: string): AuditPosition | undefined {
  const [ts = "", id = "", ...more] = text.split("_");
  return /^\d{1,14}$/.test(ts) && UUID.test(id) && more.length === 0 ? { tsMs: Number(ts), id } : undefined;
}

function whole<T>(rows: readonly T[]): T[] {
  let bytes = BESIDE_BYTES;
  const tooMany = rows.findIndex((row) => (bytes += byteLength(JSON.stringify(row)) + 1) > MAX_RESULT_BYTES);
  return tooMany === -1 ? [...rows] : rows.slice(0, tooMany);
}

const MORE = "There are older rows: pass next_cursor as cursor, or ask with more filters or a shorter time.";
const NOTHING = "Nothing that you may see: ask with a longer time or fewer filters.";

const NO_READER = {
  kind: "upstream_unavailable",
  upstream: "postgres",
  message: "This deployment cannot read its audit log: whoever runs it must set DATABASE_READER_URL.",
} as const;

const BAD_CURSOR = {
  kind: "cursor_expired",
  message: "The cursor is none of this tool's: start the list again without it.",
} as const;
