// Many journals, one statement: what reaches a sink within a second goes to Postgres together.

import { err } from "../result.ts";
import type { AuditStore, JournalRow, RowRefused } from "../ports/audit-store.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

/** Between two joint statements. A journal that is alone at its sink does not wait: there is nothing to gather. */
export const PACE_MS = 1_000;
/** Between the statements of those that must go alone. */
export const SEPARATE_PACE_MS = 50;
/** Of one joint statement. A contribution is never torn: one that is larger by itself goes alone, as it came. */
export const MAX_STATEMENT = { rows: 2_000, bytes: 2 * 1024 ** 2 };
/** Of all that wait: what comes on top is told at once that there is no room, and stays in its journal. */
export const MAX_WAITING = { rows: 20_000, bytes: 16 * 1024 ** 2 };
/** Whoever sent a row that was refused goes alone for so long: each half that it sends would spoil a joint statement. */
const SUSPECT_MS = 60_000;
const MAX_SUSPECTS = 1_000;

/** Rows of one chain, in order of seq, and how long their journal waits for an answer. */
export interface Contribution {
  readonly chainId: string;
  readonly rows: readonly JournalRow[];
  readonly waitMs: number;
}

export type Settled = Result<undefined, UpstreamFailure | RowRefused>;

export interface FanInParts {
  readonly insert: (rows: readonly JournalRow[]) => ReturnType<AuditStore["insert"]>;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Once a statement. */
  readonly onStatement: (outcome: Settled) => void;
  /** Once a contribution, before its journal hears of it. */
  readonly onSettled: (contribution: Contribution, settled: Settled) => void;
}

interface Waiting extends Contribution {
  readonly bytes: number;
  readonly untilMs: number;
  readonly settle: (settled: Settled) => void;
}

export class FanIn {
  readonly #parts: FanInParts;
  #waiting: Waiting[] = [];
  /** Waiting, or on their way. */
  #held = { rows: 0, bytes: 0 };
  #isWorking = false;
  #jointAtMs = -Infinity;
  /** Whose rows the last joint statement held, where they were one chain's. */
  #lastAlone: string | undefined;
  readonly #suspects = new Map<string, number>();

  constructor(parts: FanInParts) {
    this.#parts = parts;
  }

  /** Resolves when the rows are in Postgres, or when it is known that they are not. */
  offer(contribution: Contribution): Promise<Settled> {
    const { rows, waitMs } = contribution;
    const bytes = rows.reduce((sum, { record }) => sum + record.length, 0);
    if (this.#held.rows >= MAX_WAITING.rows || this.#held.bytes >= MAX_WAITING.bytes) {
      this.#parts.onSettled(contribution, err(FULL));
      return Promise.resolve(err(FULL));
    }
    return new Promise((resolve) => {
      this.#hold(rows.length, bytes);
      const settle = (settled: Settled) => {
        this.#hold(-rows.length, -bytes);
        this.#parts.onSettled(contribution, settled);
        resolve(settled);
      };
      this.#waiting.push({ ...contribution, bytes, untilMs: this.#parts.now() + waitMs, settle });
      if (!this.#isWorking) void this.#work();
    });
  }

  #hold(rows: number, bytes: number): void {
    this.#held = { rows: this.#held.rows + rows, bytes: this.#held.bytes + bytes };
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      while (this.#waiting.length > 0) await this.#step();
    } finally {
      this.#isWorking = false;
    }
  }

  async #step(): Promise<void> {
    const suspect = this.#waiting.find((one) => this.#isSuspect(one));
    const isOnlySuspects = this.#waiting.every((one) => this.#isSuspect(one));
    const dueInMs = this.#dueInMs();
    if (suspect && (isOnlySuspects || dueInMs > 0)) {
      this.#waiting = this.#waiting.filter((one) => one !== suspect);
      await this.#sendAlone(suspect);
      return this.#parts.pause(SEPARATE_PACE_MS);
    }
    if (dueInMs > 0) await this.#parts.pause(dueInMs);
    await this.#sendJoint();
  }

  /** Never longer than the pace, whatever the clock does meanwhile. */
  #dueInMs(): number {
    const isAlone = this.#waiting.every(({ chainId }) => chainId === this.#lastAlone);
    return isAlone ? 0 : Math.min(PACE_MS, this.#jointAtMs + PACE_MS - this.#parts.now());
  }

  async #sendJoint(): Promise<void> {
    const together = this.#gather();
    const [first] = together;
    if (!first) return;
    this.#jointAtMs = this.#parts.now();
    this.#lastAlone = together.every(({ chainId }) => chainId === first.chainId) ? first.chainId : undefined;
    if (together.length === 1) {
      await this.#sendAlone(first);
      return;
    }

    const outcome = await this.#insert(together);
    if (outcome.ok || outcome.error.kind !== "row_refused") {
      for (const { settle } of together) settle(outcome);
    } else await this.#separate(together);
  }

  /** One row among them can never be taken: each journal learns of its own, and only the guilty one has to look for it. */
  async #separate(together: readonly Waiting[]): Promise<void> {
    let failed: Settled | undefined;
    for (const one of together) {
      const given = this.#isLeft(one) ? err(LEFT) : failed;
      if (given) one.settle(given);
      else {
        await this.#parts.pause(SEPARATE_PACE_MS);
        const outcome = await this.#sendAlone(one);
        if (!outcome.ok && outcome.error.kind !== "row_refused") failed = outcome;
      }
    }
  }

  async #sendAlone(one: Waiting): Promise<Settled> {
    const outcome = await this.#insert([one]);
    if (!outcome.ok && outcome.error.kind === "row_refused") this.#suspect(one.chainId);
    one.settle(outcome);
    return outcome;
  }

  async #insert(together: readonly Waiting[]): Promise<Settled> {
    const outcome = await this.#parts.insert(together.flatMap(({ rows }) => rows));
    this.#parts.onStatement(outcome);
    // Whoever waits behind it would wait as long in vain.
    if (!outcome.ok && outcome.error.kind === "upstream_timeout") {
      for (const { settle } of this.#waiting.splice(0)) settle(outcome);
    }
    return outcome;
  }

  /** The oldest first, as many as one statement may hold. Who has given up is not waited for. */
  #gather(): readonly Waiting[] {
    for (const one of this.#waiting) if (this.#isLeft(one)) one.settle(err(LEFT));
    const here = this.#waiting.filter((one) => !this.#isLeft(one));
    const together: Waiting[] = [];
    let [rows, bytes] = [0, 0];
    for (const one of here.filter((each) => !this.#isSuspect(each))) {
      [rows, bytes] = [rows + one.rows.length, bytes + one.bytes];
      if (together.length > 0 && (rows > MAX_STATEMENT.rows || bytes > MAX_STATEMENT.bytes)) break;
      together.push(one);
    }
    const going = new Set(together);
    this.#waiting = here.filter((one) => !going.has(one));
    return together;
  }

  #isLeft({ untilMs }: Waiting): boolean {
    return untilMs <= this.#parts.now();
  }

  #isSuspect({ chainId }: Waiting): boolean {
    return (this.#suspects.get(chainId) ?? 0) > this.#parts.now();
  }

  #suspect(chainId: string): void {
    this.#suspects.delete(chainId);
    this.#suspects.set(chainId, this.#parts.now() + SUSPECT_MS);
    const [oldest] = this.#suspects.keys();
    if (this.#suspects.size > MAX_SUSPECTS && oldest !== undefined) this.#suspects.delete(oldest);
  }
}

const UPSTREAM = { kind: "upstream_unavailable", upstream: "audit-sink" } as const;
const FULL: UpstreamFailure = { ...UPSTREAM, message: "The audit sink has no room for more rows at the moment." };
const LEFT: UpstreamFailure = {
  kind: "upstream_timeout",
  upstream: "audit-sink",
  message: "The rows waited too long for their turn.",
};
