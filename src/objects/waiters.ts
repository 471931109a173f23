// Whoever asked to be told of the next change of something, and waits for it on an open call.

/** A page's patience. A caller that wants more asks again. */
const MAX_WAIT_MS = 30_000;
/** More than any deployment has agents; beyond it an answer is given at once, as it stands. */
const MAX_WAITING = 1_000;

export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();
  #count = 0;

  /** Resolves when `id` is woken, or in `ms`. */
  async wait(id: string, ms: number): Promise<void> {
    if (this.#count >= MAX_WAITING || ms <= 0) return;
    const others = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, others);
    this.#count += 1;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        others.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, MAX_WAIT_MS));
      others.add(end);
    });
    this.#count -= 1;
    if (others.size === 0 && this.#waiting.get(id) === others) this.#waiting.delete(id);
  }

  wake(id: string): void {
    for (const end of [...(this.#waiting.get(id) ?? [])]) end();
  }
}
