// Lines alike but for what varies in them, folded into the one that comes first in the order asked for, with their number.
import { byOrder } from "./hits.ts";
import { templateOf } from "./template.ts";

import type { FoundLine, Hit, Order } from "./hits.ts";

/** Kinds of lines that are told apart; one more is counted and not shown. */
const MAX_KINDS = 5_000;

interface Folded {
  hit: Hit;
  repeat: number;
}

export class FoldedHits {
  readonly #limit: number;
  readonly #compare: (one: FoundLine, other: FoundLine) => number;
  readonly #kinds = new Map<string, Folded>();

  constructor(limit: number, order: Order) {
    this.#limit = limit;
    this.#compare = byOrder(order);
  }

  wants(): boolean {
    return true;
  }

  add(hit: Hit): void {
    const kind = templateOf(hit.text);
    const known = this.#kinds.get(kind);
    if (known === undefined) {
      if (this.#kinds.size < MAX_KINDS) this.#kinds.set(kind, { hit, repeat: 1 });
      return;
    }
    known.repeat += 1;
    if (this.#compare(hit, known.hit) < 0) known.hit = hit;
  }

  sorted(): readonly (Hit & { readonly repeat: number })[] {
    return [...this.#kinds.values()]
      .map(({ hit, repeat }) => ({ ...hit, repeat }))
      .toSorted(this.#compare)
      .slice(0, this.#limit);
  }
}
