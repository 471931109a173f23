// What one row of the audit log adds to the counts.

import * as z from "zod";
import { once } from "../once.ts";
import { BUCKETS } from "./families.ts";
import type { STAGES } from "./families.ts";
import type { Tally } from "./tally.ts";

const ERAS: ReadonlySet<string> = new Set(["native", "handshake", "modern", "run"]);
const OUTCOMES: ReadonlySet<string> = new Set(["ok", "failed", "refused", "cancelled", "unknown"]);
/** Reasons are written by us alone; whatever does not look like one is a fault of ours, and must not become a label. */
const REASON = /^[a-z][a-z_]{0,39}$/;
const SESSION_ACTIONS: ReadonlySet<string> = new Set(["tool.call", "message", "refusals", "auth.refresh"]);

const milliseconds = z.number().min(0).optional().catch(undefined);
const Counted = once(() =>
  z.object({
    action: z.string(),
    phase: z.string(),
    tool: z.string().optional().catch(undefined),
    outcome: z.string().optional().catch(undefined),
    reason: z.string().optional().catch(undefined),
    era: z.string().optional().catch(undefined),
    count: z.int().min(1).optional().catch(undefined),
    duration_ms: milliseconds,
    handler_ms: milliseconds,
    commit_ms: milliseconds,
  }),
);
type Counted = z.output<ReturnType<typeof Counted>>;

/** Undefined for what is no record of ours: it is a row like any other, and says nothing more. */
export function readRow(record: string): Counted | undefined {
  try {
    return Counted().safeParse(JSON.parse(record)).data;
  } catch {
    return undefined; // as above
  }
}

export function countRow(row: Counted | undefined, tally: Tally, isTool: (name: string) => boolean): void {
  tally.add("gatehouse_audit_rows_total");
  if (!row || row.phase === "intent") return;
  const { action, tool, outcome = "", era = "", reason, count = 1 } = row;
  const isCall = action === "tool.call" || (action === "refusals" && tool !== undefined);
  if (outcome === "refused") tally.add("gatehouse_refusals_total", [reasonLabel(reason)], count);
  if (!isCall || !OUTCOMES.has(outcome)) return;
  const name = tool !== undefined && isTool(tool) ? tool : "unknown";
  tally.add("gatehouse_calls_total", [name, outcome, ERAS.has(era) ? era : "none"], count);
  // A refusal is an answer of microseconds: with it, a flood of them would look like a fast day.
  if (outcome !== "refused") countDurations(row, tally);
}

/** A run's steps and the desk's entries come from objects that nobody is connected to. */
export function isOfSession(row: Counted | undefined): boolean {
  return row !== undefined && row.era !== "run" && SESSION_ACTIONS.has(row.action);
}

export function reasonLabel(reason: string | undefined): string {
  return reason !== undefined && REASON.test(reason) ? reason : "other";
}

function countDurations({ duration_ms: total, handler_ms: upstream, commit_ms: audit }: Counted, tally: Tally): void {
  if (total === undefined) return;
  observe(tally, "total", total);
  observe(tally, "engine", Math.max(0, total - (upstream ?? 0) - (audit ?? 0)));
  if (upstream !== undefined) observe(tally, "upstream", upstream);
  if (audit !== undefined) observe(tally, "audit", audit);
}

function observe(tally: Tally, stage: (typeof STAGES)[number], ms: number): void {
  const seconds = ms / 1_000;
  const bound = BUCKETS.find((most) => seconds <= most);
  tally.add("gatehouse_call_duration_seconds", [stage, bound === undefined ? "+Inf" : String(bound)]);
  tally.add("gatehouse_call_duration_seconds", [stage, "sum"], seconds);
}
