// What one sink knows of the rows that passed through it: which were counted, whose they were, and which never arrived.

import { countRow, isOfSession, readRow } from "./count-row.ts";
import { Tally } from "./tally.ts";
import type { Contribution, Settled } from "../audit/fan-in.ts";
import type { SinkStanding } from "../ports/metrics.ts";

/** Of chains, by when they were last heard of. Beyond it the one that was silent longest is forgotten. */
const MAX_CHAINS = 20_000;
const ACTIVE_MS = 60_000;
/** A journal tries again within a minute: one that has not for so long is drained by another sink, or gone. */
const OWED_MS = 5 * 60_000;

interface Chain {
  /** Up to this row everything is counted: whoever never heard that its rows had arrived sends them again. */
  readonly countedSeq: number;
  readonly heardAtMs: number;
  readonly isSession: boolean;
}

interface Owed {
  readonly rows: number;
  readonly oldestMs: number;
  readonly heardAtMs: number;
}

export class Arrivals {
  readonly tally = new Tally();
  readonly #isTool: (name: string) => boolean;
  readonly #chains = new Map<string, Chain>();
  readonly #owed = new Map<string, Owed>();
  #lastInsertAtMs: number | undefined;

  constructor(isTool: (name: string) => boolean) {
    this.#isTool = isTool;
  }

  /** They are with the sink, and not in Postgres yet. */
  offered({ chainId, rows }: Contribution, nowMs: number): void {
    this.#owed.set(chainId, { rows: rows.length, oldestMs: oldestMs(rows[0]?.record, nowMs), heardAtMs: nowMs });
  }

  inserted(outcome: Settled): void {
    this.tally.add("gatehouse_audit_inserts_total", [resultOf(outcome)]);
  }

  settled(contribution: Contribution, settled: Settled, nowMs: number): void {
    // Of a row that is refused its journal takes care: nothing more will be heard of it here.
    if (settled.ok || settled.error.kind === "row_refused") this.#owed.delete(contribution.chainId);
    if (settled.ok) this.#count(contribution, nowMs);
  }

  standing(nowMs: number): SinkStanding {
    for (const [chainId, { heardAtMs }] of this.#owed) if (nowMs - heardAtMs > OWED_MS) this.#owed.delete(chainId);
    const owed = [...this.#owed.values()];
    const active = [...this.#chains.values()].filter(({ heardAtMs }) => nowMs - heardAtMs < ACTIVE_MS);
    return {
      atMs: nowMs,
      backlogRows: owed.reduce((sum, { rows }) => sum + rows, 0),
      oldestMs: owed.reduce<number | undefined>((oldest, one) => Math.min(oldest ?? Infinity, one.oldestMs), undefined),
      lastInsertAtMs: this.#lastInsertAtMs,
      activeChains: active.length,
      activeSessions: active.filter(({ isSession }) => isSession).length,
    };
  }

  #count({ chainId, rows }: Contribution, nowMs: number): void {
    const known = this.#chains.get(chainId);
    let isSession = known?.isSession ?? false;
    for (const { record } of rows.filter(({ seq }) => seq > (known?.countedSeq ?? 0))) {
      const row = readRow(record);
      countRow(row, this.tally, this.#isTool);
      isSession ||= isOfSession(row);
    }
    const countedSeq = Math.max(known?.countedSeq ?? 0, rows.at(-1)?.seq ?? 0);
    this.#chains.delete(chainId);
    this.#chains.set(chainId, { countedSeq, heardAtMs: nowMs, isSession });
    const [silent] = this.#chains.keys();
    if (this.#chains.size > MAX_CHAINS && silent !== undefined) this.#chains.delete(silent);
    this.#lastInsertAtMs = nowMs;
  }
}

function resultOf(outcome: Settled): "ok" | "refused" | "failed" {
  if (outcome.ok) return "ok";
  return outcome.error.kind === "row_refused" ? "refused" : "failed";
}

function oldestMs(record: string | undefined, nowMs: number): number {
  const atMs = Date.parse(/"ts":"([^"]{1,40})"/.exec(record ?? "")?.[1] ?? "");
  return Number.isNaN(atMs) ? nowMs : atMs;
}
