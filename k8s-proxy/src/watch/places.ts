// How many watches may be open: each holds a connection of the Worker's and two of the API server's for half an hour.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

export const MAX_WATCHES = 32;
export const MAX_WATCHES_A_PRINCIPAL = 4;

const RETRY_AFTER_S = 30;

export class WatchPlaces {
  readonly #taken = new Map<string, number>();

  /** What comes back gives the place back; calling it twice gives back one. */
  take(principal: string): Result<() => void, Failure> {
    const own = this.#taken.get(principal) ?? 0;
    if (own >= MAX_WATCHES_A_PRINCIPAL) {
      return full(`You have ${own} watches open in this cluster, which is the most: end one first`);
    }
    const all = [...this.#taken.values()].reduce((sum, count) => sum + count, 0);
    if (all >= MAX_WATCHES) return full("The cluster's proxy has as many watches open as it can hold");

    this.#taken.set(principal, own + 1);
    let isTaken = true;
    return ok(() => {
      if (isTaken) this.#giveBack(principal);
      isTaken = false;
    });
  }

  #giveBack(principal: string): void {
    const left = (this.#taken.get(principal) ?? 0) - 1;
    if (left > 0) this.#taken.set(principal, left);
    else this.#taken.delete(principal);
  }
}

function full(message: string): Result<never, Failure> {
  return fail("cluster_busy", message, { retryAfterS: RETRY_AFTER_S });
}
