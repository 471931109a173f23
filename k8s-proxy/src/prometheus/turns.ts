// So many at a time, a few more in a queue, and the rest are told to come back.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

export interface TurnsOptions {
  readonly atOnce: number;
  readonly waiting: number;
}

export class Turns {
  readonly #options: TurnsOptions;
  readonly #queue = new Set<() => void>();
  #busy = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Runs the work when it is its turn; a caller who leaves the queue loses its place. */
  async take<T>(work: () => Promise<Result<T, Failure>>, signal: AbortSignal): Promise<Result<T, Failure>> {
    const turn = await this.#wait(signal);
    if (!turn.ok) return turn;
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  async #wait(signal: AbortSignal): Promise<Result<undefined, Failure>> {
    if (signal.aborted) return left();
    if (this.#busy < this.#options.atOnce) {
      this.#busy += 1;
      return ok(undefined);
    }
    if (this.#queue.size >= this.#options.waiting) {
      return fail("cluster_busy", "Too many questions at once; ask again in a moment", { retryAfterS: 2 });
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const next = () => resolve(undefined);
    this.#queue.add(next);
    signal.addEventListener("abort", next, { once: true });
    await promise;
    signal.removeEventListener("abort", next);
    return this.#queue.delete(next) ? left() : ok(undefined);
  }

  /** The place is handed over, so that nobody who comes later slips in between. */
  #pass(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#busy -= 1;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}

function left(): Result<never, Failure> {
  return fail("cluster_timeout", "The caller left before it was its turn");
}
