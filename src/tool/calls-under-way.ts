// The calls of one object that have not ended yet: seen, counted and stopped from outside of them.

import type { CallUnderWay, Cancelling } from "../ports/call-under-way.ts";
import type { Tool } from "./tool.ts";

interface Entering {
  readonly id: string;
  /** Of the caller, who may cancel as well. */
  readonly signal: AbortSignal;
  /** The key on which it is made, where it is one. */
  readonly keyId: string | undefined;
}

interface Place extends Entering {
  readonly sinceMs: number;
  readonly controller: AbortController;
  readonly abort: () => void;
  tool: Tool | undefined;
  hasBegun: boolean;
}

const SECOND_MS = 1_000;
const COUNTED_SECONDS = 60;

export class CallsUnderWay {
  readonly #now: () => number;
  readonly #places = new Map<string, Place>();
  /** How many entered, by second: nothing is kept of what is older than a minute. */
  readonly #entered = new Map<number, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Answers the signal that the call goes by from now on: its caller's, and aborted by `cancel` as well. */
  enter({ id, signal, keyId }: Entering): AbortSignal {
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    const sinceMs = this.#now();
    this.#places.set(id, { id, signal, keyId, sinceMs, controller, abort, tool: undefined, hasBegun: false });
    this.#count(Math.floor(sinceMs / SECOND_MS));
    return controller.signal;
  }

  /** Which tool it is of. Before that it is nobody's business. */
  of(id: string, tool: Tool): void {
    const place = this.#places.get(id);
    if (place) place.tool = tool;
  }

  /** From here on an effect can no longer be stopped. */
  begin(id: string): void {
    const place = this.#places.get(id);
    if (place) place.hasBegun = true;
  }

  leave(id: string): void {
    const place = this.#places.get(id);
    place?.signal.removeEventListener("abort", place.abort);
    this.#places.delete(id);
  }

  /** Oldest first. */
  list(): readonly CallUnderWay[] {
    return [...this.#places.values()].flatMap((place) => {
      const { id, tool, sinceMs } = place;
      return tool ? [{ callId: id, tool: tool.name, effect: tool.effect, sinceMs, mayCancel: mayCancel(place) }] : [];
    });
  }

  cancel(id: string): Cancelling {
    const place = this.#places.get(id);
    if (!place) return "ended";
    if (!mayCancel(place)) return "begun";
    place.abort();
    return "cancelled";
  }

  /** All that are made on this key and can still be stopped. */
  cancelOf(keyId: string): void {
    for (const place of this.#places.values()) {
      if (place.keyId === keyId && mayCancel(place)) place.abort();
    }
  }

  /** Those that entered in the last sixty seconds. */
  perMinute(): number {
    this.#forget(Math.floor(this.#now() / SECOND_MS));
    return [...this.#entered.values()].reduce((sum, count) => sum + count, 0);
  }

  #count(second: number): void {
    this.#forget(second);
    this.#entered.set(second, (this.#entered.get(second) ?? 0) + 1);
  }

  // A map keeps the order of its entries, so the oldest come first.
  #forget(second: number): void {
    for (const old of this.#entered.keys()) {
      if (old > second - COUNTED_SECONDS) return;
      this.#entered.delete(old);
    }
  }
}

function mayCancel({ tool, hasBegun }: Place): boolean {
  return !hasBegun || tool?.effect === "read";
}
