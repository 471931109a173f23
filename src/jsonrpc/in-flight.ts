// The requests of one connection that have no answer yet: who may start, who waits, who is cancelled.

import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { RequestId } from "./message.ts";

/** One agent rarely has more to ask at once; more would let one session crowd out its neighbours. */
export const MAX_RUNNING = 8;
export const MAX_WAITING = 64;

export type NotStarted = { readonly kind: "duplicate_id" } | { readonly kind: "too_many_waiting" };

/** The places of one session, which several connections may share. */
export class Places {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  get areTaken(): boolean {
    return this.#running >= MAX_RUNNING && this.#waiting.length >= MAX_WAITING;
  }

  /** In the order of arrival. */
  async take(): Promise<void> {
    if (this.#running < MAX_RUNNING) this.#running++;
    else await new Promise<void>((start) => this.#waiting.push(start));
  }

  // The place of the one that ended goes to the one that waited longest: the count of the running stays as it is.
  handOver(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}

export class InFlight {
  readonly #controllers = new Map<RequestId, AbortController>();
  readonly #places: Places;

  constructor(places = new Places()) {
    this.#places = places;
  }

  /**
   * Runs `work` now, or when one of the running ends. Waiting requests start in the order of their arrival.
   * A cancelled request starts nevertheless, with its signal already aborted: so it is answered and recorded like any other.
   */
  async run<T>(id: RequestId, work: (signal: AbortSignal) => Promise<T>): Promise<Result<T, NotStarted>> {
    if (this.#controllers.has(id)) return err({ kind: "duplicate_id" });
    if (this.#places.areTaken) return err({ kind: "too_many_waiting" });

    const controller = new AbortController();
    this.#controllers.set(id, controller);
    await this.#places.take();
    try {
      return ok(await work(controller.signal));
    } finally {
      this.#controllers.delete(id);
      this.#places.handOver();
    }
  }

  has(id: RequestId): boolean {
    return this.#controllers.has(id);
  }

  /** Whether there was anything to cancel. */
  cancel(id: RequestId): boolean {
    const controller = this.#controllers.get(id);
    controller?.abort();
    return controller !== undefined;
  }

  cancelAll(): void {
    for (const controller of this.#controllers.values()) controller.abort();
  }

  get size(): number {
    return this.#controllers.size;
  }
}
