// The session's side of the quota: a few units in hand, so that most calls need not ask.

import { withDeadline } from "../deadline.ts";
import { endsAtMs, isRecent, MAX_LEASE } from "../limits/quota.ts";
import { log } from "../log.ts";
import { err, ok } from "../result.ts";
import type { Quota } from "../access/quotas.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { HeldLease, LeaseRequest, QuotaExhausted, QuotaStore, Unused } from "../ports/quota-store.ts";
import type { Result } from "../result.ts";

const ASK_TIMEOUT_MS = 1_000;
/** After a question that failed, calls need not wait for the next one to fail as well. */
const RETRY_AFTER_MS = 5_000;

export interface Charge {
  readonly cost: number;
  /** The caller's, as its roles are at this moment. */
  readonly limits: Quota;
}

export type Spent = Result<undefined, QuotaExhausted | UpstreamFailure>;

interface Waiting extends Charge {
  readonly settle: (spent: Spent) => void;
}

export interface QuotaLeaseParts {
  readonly store: QuotaStore;
  readonly principalId: string;
  /** What the session held when it fell asleep. */
  readonly held?: HeldLease | undefined;
}

/**
 * The first lease is what one call costs; while the session stays busy each is twice the one before, up to MAX_LEASE.
 * So a session with one call spends one, and a busy one asks once for twenty.
 */
export class QuotaLease {
  readonly #store: QuotaStore;
  readonly #principalId: string;
  readonly #waiting: Waiting[] = [];
  #held: HeldLease | undefined;
  #isAsking = false;
  #failedAtMs = -Infinity;

  constructor({ store, principalId, held }: QuotaLeaseParts) {
    this.#store = store;
    this.#principalId = principalId;
    this.#held = held;
  }

  /** Calls that arrive while somebody asks wait for that answer, and share it in their order. */
  async spend(charge: Charge, nowMs: number): Promise<Spent> {
    if (charge.cost === 0 || this.#take(charge.cost, nowMs)) return ok(undefined);
    const sinceFailureMs = nowMs - this.#failedAtMs;
    // A clock that stepped back says nothing about how long ago it was.
    if (sinceFailureMs >= 0 && sinceFailureMs < RETRY_AFTER_MS) return err(UNREACHABLE);

    const { promise, resolve: settle } = Promise.withResolvers<Spent>();
    this.#waiting.push({ ...charge, settle });
    if (!this.#isAsking) void this.#serve(nowMs);
    return promise;
  }

  /** What must survive a sleep: without it the units in hand would be lost, and a busy session begin small again. */
  snapshot(nowMs: number): HeldLease | undefined {
    const held = this.#held;
    return held && (held.left > 0 || isRecent(held, nowMs)) ? held : undefined;
  }

  /** The session ends. What it has in hand is good for the others. */
  async release(): Promise<void> {
    const unused = this.#handOver();
    if (unused) await this.#within(() => this.#store.giveBack(this.#principalId, unused));
  }

  #take(cost: number, nowMs: number): boolean {
    const held = this.#held;
    if (!held || held.left < cost || nowMs >= endsAtMs(held)) return false;
    this.#held = { ...held, left: held.left - cost };
    return true;
  }

  async #serve(nowMs: number): Promise<void> {
    this.#isAsking = true;
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const request = this.#request(first, nowMs);
      const answered = await this.#within(() => this.#store.lease(this.#principalId, request));
      if (answered.ok) this.#share(answered.value);
      else this.#refuse(answered.error, first.cost, nowMs);
    }
    this.#isAsking = false;
  }

  #request({ cost: least, limits }: Charge, nowMs: number): LeaseRequest {
    const held = this.#held;
    const needed = this.#waiting.reduce((sum, { cost }) => sum + cost, 0);
    const doubled = held && isRecent(held, nowMs) ? held.units * 2 : 0;
    const most = Math.max(least, Math.min(MAX_LEASE, Math.max(needed, doubled)));
    return { least, most, limits, unused: this.#handOver() };
  }

  /** No longer ours as soon as it is sent: if the message is lost, so are its units, and none is spent twice. */
  #handOver(): Unused | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held && held.left > 0 ? { units: held.left, atMs: held.atMs } : undefined;
  }

  #share({ units, atMs }: { readonly units: number; readonly atMs: number }): void {
    this.#failedAtMs = -Infinity;
    let left = units;
    for (let first = this.#waiting[0]; first && first.cost <= left; first = this.#waiting[0]) {
      left -= first.cost;
      this.#waiting.shift();
      first.settle(ok(undefined));
    }
    this.#held = { atMs, units, left };
  }

  /** Who needs less than what was refused may still get it. */
  #refuse(refusal: QuotaExhausted | UpstreamFailure, cost: number, nowMs: number): void {
    const isOutage = refusal.kind !== "quota_exhausted";
    if (isOutage && this.#failedAtMs === -Infinity) log("warn", "quota.unreachable");
    this.#failedAtMs = isOutage ? nowMs : -Infinity;
    const least = isOutage ? 0 : cost;
    const refused = this.#waiting.filter((each) => each.cost >= least);
    const others = this.#waiting.filter((each) => each.cost < least);
    this.#waiting.splice(0, Infinity, ...others);
    for (const { settle } of refused) settle(err(isOutage ? UNREACHABLE : refusal));
  }

  async #within<T, E>(ask: () => Promise<Result<T, E>>): Promise<Result<T, E | UpstreamFailure>> {
    const asked = await withDeadline(ASK_TIMEOUT_MS, undefined, ask);
    return asked.ok ? asked.value : err(UNREACHABLE);
  }
}

const UNREACHABLE: UpstreamFailure = {
  kind: "upstream_unavailable",
  upstream: "quota",
  message: "Your quota cannot be counted at the moment, so nothing is changed; try again in a few seconds.",
};
