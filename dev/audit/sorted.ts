// Several ordered streams as one, of which each is read only as far as it is needed.

/** In batches, because a promise for each item would cost more than the item. */
export type Batches<T> = AsyncIterable<readonly T[]>;

/** One item after the other, with a look at the next. */
export class Cursor<T> {
  readonly #batches: AsyncIterator<readonly T[], unknown>;
  #batch: readonly T[] = [];
  #index = 0;

  constructor(batches: Batches<T>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Undefined where what has been read is used up: then `fill` brings more. */
  get head(): T | undefined {
    return this.#batch[this.#index];
  }

  skip(): void {
    this.#index += 1;
  }

  /** False at the end. */
  async fill(): Promise<boolean> {
    while (this.head === undefined) {
      const next: IteratorResult<readonly T[], unknown> = await this.#batches.next();
      if (next.done === true) return false;
      this.#batch = next.value;
      this.#index = 0;
    }
    return true;
  }
}

const BATCH = 1_000;

/** Of two equal items the one of the earlier stream comes first. */
export async function* merged<T>(streams: readonly Batches<T>[], compare: (a: T, b: T) => number): Batches<T> {
  const [only, second] = streams;
  if (only && !second) {
    yield* only;
    return;
  }
  let cursors: readonly Cursor<T>[] = streams.map((stream) => new Cursor(stream));
  let batch: T[] = [];
  for (;;) {
    cursors = await withMore(cursors);
    const next = leastOf(cursors, compare);
    if (next?.head === undefined) break;
    batch.push(next.head);
    next.skip();
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function withMore<T>(cursors: readonly Cursor<T>[]): Promise<readonly Cursor<T>[]> {
  if (cursors.every(({ head }) => head !== undefined)) return cursors;
  const filled = await Promise.all(cursors.map((cursor) => cursor.fill()));
  return cursors.filter((_, index) => filled[index]);
}

function leastOf<T>(cursors: readonly Cursor<T>[], compare: (a: T, b: T) => number): Cursor<T> | undefined {
  let least: Cursor<T> | undefined;
  for (const cursor of cursors) {
    if (cursor.head === undefined) continue;
    if (least?.head === undefined || compare(cursor.head, least.head) < 0) least = cursor;
  }
  return least;
}
