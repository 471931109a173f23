// The session's own record of what it did: hash-chained, written before any answer leaves.

import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { link, rewriteRecord, sha256, writeRecord } from "./record.ts";
import type { JournalStore, StoredRow } from "../ports/journal-store.ts";
import type { Result } from "../result.ts";
import type { Actor, Entry, Position } from "./record.ts";

/** The record could not be kept, or too much is waiting to drain: so the call may not be answered, or not begin. */
export interface AuditBackpressure {
  readonly kind: "audit_backpressure";
}

export interface JournalContext {
  readonly store: JournalStore;
  /** Of the chain that is written to; a new one is made when it is first asked for, so only whoever writes asks. */
  readonly chainId: () => string;
  readonly now: () => number;
  readonly uuid: () => string;
  /** Runs the function in a turn of its own, soon: what is waiting by then shares one commit. */
  readonly schedule: (flush: () => void) => void;
  /** There is something to drain now. */
  readonly onPending: () => void;
}

/** Past these an effect, then any call, is refused rather than done without hope of a lasting record. */
export const MAX_BACKLOG = {
  effect: { rows: 10_000, bytes: 32 * 1024 ** 2 },
  read: { rows: 50_000, bytes: 64 * 1024 ** 2 },
};

/** Longer than this Postgres may not be out of reach, or nothing new that changes anything begins. */
export const MAX_LAG_MS = 5 * 60_000;

/** Refusals of one kind that are written down one by one each minute; the rest of that minute is counted. */
export const REFUSALS_IN_FULL = 10;
const REFUSAL_WINDOW_MS = 60_000;

interface Waiting extends Pick<StoredRow, "callId" | "phase"> {
  readonly compose: (position: Position) => string;
  readonly settle: (written: Result<undefined, AuditBackpressure>) => void;
}

export class Journal {
  readonly #context: JournalContext;
  #waiting: Waiting[] = [];
  #refusals = new Map<string, number>();
  #refusalWindowMs = 0;

  constructor(context: JournalContext) {
    this.#context = context;
  }

  /** Whether a call may begin: its record must have somewhere to go. */
  admit(effect: keyof typeof MAX_BACKLOG): Result<undefined, AuditBackpressure> {
    const { rows, bytes } = this.#context.store.backlog();
    const most = MAX_BACKLOG[effect];
    return rows < most.rows && bytes < most.bytes ? ok(undefined) : err({ kind: "audit_backpressure" });
  }

  /** Whether the oldest line has waited for Postgres longer than is good for what cannot be taken back. */
  isLagging(): boolean {
    const { store, now } = this.#context;
    const [oldest] = store.pending(1);
    return oldest !== undefined && now() - Date.parse(Stamped().parse(JSON.parse(oldest.record)).ts) > MAX_LAG_MS;
  }

  /** In this very turn: part of the transaction of what it is about. Throws when the storage cannot take it. */
  record(entry: Entry, actor: Actor): void {
    const { callId, phase } = entry;
    this.#append([{ callId, phase, compose: (position) => writeRecord(entry, actor, position) }]);
  }

  /** Resolves in the turn in which the entry was written: an answer sent right after waits for the same commit. */
  write(entry: Entry, actor: Actor): Promise<Result<undefined, AuditBackpressure>> {
    const { callId, phase } = entry;
    const compose = (position: Position) => writeRecord(entry, actor, position);
    return new Promise((settle) => {
      this.#waiting.push({ callId, phase, compose, settle });
      if (this.#waiting.length === 1) this.#context.schedule(() => this.#flush());
    });
  }

  /** For an intent: resolves when the entry would survive a crash. Nothing may happen outside before. */
  async writeDurably(entry: Entry, actor: Actor): Promise<Result<undefined, AuditBackpressure>> {
    const written = await this.write(entry, actor);
    if (!written.ok) return written;
    try {
      await this.#context.store.durable();
      return ok(undefined);
    } catch {
      // The storage says by throwing that the commit failed. What matters here is only that the effect must not begin.
      return err({ kind: "audit_backpressure" });
    }
  }

  /** A refusal is written like anything else, until there are too many of its kind: then it is counted. */
  async refuse(entry: Entry, actor: Actor): Promise<Result<undefined, AuditBackpressure>> {
    const windowMs = Math.floor(this.#context.now() / REFUSAL_WINDOW_MS) * REFUSAL_WINDOW_MS;
    if (windowMs !== this.#refusalWindowMs) this.#refusals = new Map();
    this.#refusalWindowMs = windowMs;

    // The tool's name is only part of the key when it is one of ours: a caller cannot invent endless keys.
    const key = `${entry.reason ?? ""} ${entry.reason === "unknown_tool" ? "" : (entry.tool ?? "")}`;
    const count = (this.#refusals.get(key) ?? 0) + 1;
    this.#refusals.set(key, count);
    if (count <= REFUSALS_IN_FULL) return this.write(entry, actor);

    try {
      const record = writeRecord(entry, actor, this.#position(0));
      this.#context.store.countRefusal({ key, windowStartMs: windowMs, record });
    } catch {
      // As for a row that cannot be written: there is no answer without a record.
      return err({ kind: "audit_backpressure" });
    }
    this.#context.onPending();
    return ok(undefined);
  }

  /** Turns the counts of ended windows into one line each; `all` ends the window that is still open, too. */
  closeRefusals(which: "all" | "ended"): void {
    const { store, now } = this.#context;
    const upToMs = which === "all" ? Number.MAX_SAFE_INTEGER : now() - REFUSAL_WINDOW_MS;
    const counted = store.refusals(upToMs);
    if (counted.length === 0) return;

    const changes = { phase: "event", action: "refusals" };
    this.#append(
      counted.map(({ record, count }) => ({
        callId: this.#context.uuid(),
        phase: "event" as const,
        compose: (position: Position) => rewriteRecord(record, { ...changes, count }, position),
      })),
    );
    store.forgetRefusals(upToMs);
  }

  /**
   * After a wake, before anything else: calls that had announced an effect and never said how it ended. Whether it
   * took effect is unknown, and the log says so. Throws when the storage cannot take it: then the session must not go on.
   */
  reconcile(): void {
    const cutOff = this.#context.store.openIntents().map(({ callId, record }) => ({
      callId,
      phase: "outcome" as const,
      compose: (position: Position) => rewriteRecord(record, UNKNOWN, position),
    }));
    if (cutOff.length > 0) this.#append(cutOff);
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      this.#append(waiting);
    } catch {
      for (const { settle } of waiting) settle(err({ kind: "audit_backpressure" }));
      return;
    }
    for (const { settle } of waiting) settle(ok(undefined));
  }

  // Everything between reading the head and writing the rows happens in this one turn.
  #append(lines: readonly Omit<Waiting, "settle">[]): void {
    const { store, chainId } = this.#context;
    let { seq, hash } = store.head() ?? { seq: 0, hash: sha256(chainId()) };
    const rows = lines.map(({ callId, phase, compose }) => {
      seq += 1;
      const record = compose(this.#position(seq));
      const prevHash = hash;
      hash = link(prevHash, record);
      return { seq, callId, phase, record, prevHash, hash };
    });
    store.append(rows);
    this.#context.onPending();
  }

  #position(seq: number): Position {
    const { chainId, now, uuid } = this.#context;
    return { eventId: uuid(), chainId: chainId(), seq, nowMs: now() };
  }
}

const Stamped = once(() => z.object({ ts: z.iso.datetime() }));

const UNKNOWN = { phase: "outcome", outcome: "unknown", reason: "interrupted" };
