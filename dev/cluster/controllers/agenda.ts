// What is to be done later, by the stand-in's own clock: in order, each thing at its moment, however late somebody looks.

export class Agenda {
  readonly #clock: () => number;
  #tasks: readonly Task[] = [];
  #actingAtMs: number | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The present, or the moment that what is being done was due at: so that it never matters when somebody looks. */
  get nowMs(): number {
    return this.#actingAtMs ?? this.#clock();
  }

  /** When there is something to do next. */
  get dueMs(): number | undefined {
    return this.#tasks[0]?.atMs;
  }

  /** What waits under the same name already will do; without a name, everything is done. */
  in(delayMs: number, act: () => void, name?: string): void {
    if (name !== undefined && this.#tasks.some((task) => task.name === name)) return;
    const atMs = this.nowMs + delayMs;
    const before = this.#tasks.findLastIndex((task) => task.atMs <= atMs);
    this.#tasks = this.#tasks.toSpliced(before + 1, 0, { atMs, act, name });
  }

  catchUp(): void {
    for (;;) {
      const [next, ...later] = this.#tasks;
      if (next === undefined || next.atMs > this.#clock()) return;
      this.#tasks = later;
      this.#actingAtMs = next.atMs;
      try {
        next.act();
      } finally {
        this.#actingAtMs = undefined;
      }
    }
  }
}

interface Task {
  readonly atMs: number;
  readonly act: () => void;
  readonly name: string | undefined;
}
