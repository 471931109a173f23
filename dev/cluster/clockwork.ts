// The stand-in's clock, and what drives its controllers by it: every request, and a timer for whoever only watches.

export interface Driven {
  catchUp(): void;
  readonly dueMs: number | undefined;
}

export class Clockwork {
  /** When given, time stands still there but for what is made to pass. */
  readonly #stands: number | undefined;
  #passedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stands: number | undefined) {
    this.#stands = stands;
  }

  readonly now = (): number => (this.#stands ?? Date.now()) + this.#passedMs;

  /** Does what is due, and comes back by itself when more is. Keeps no process alive. */
  drive(driven: Driven): void {
    driven.catchUp();
    clearTimeout(this.#timer);
    const { dueMs } = driven;
    if (this.#stands !== undefined || dueMs === undefined) return;
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(1, dueMs - this.now()));
    this.#timer = setTimeout(() => this.drive(driven), delayMs).unref();
  }

  pass(ms: number): void {
    this.#passedMs += ms;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** A timer that is set for longer than this goes off at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;
