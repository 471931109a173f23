// Work that looks at what there is to do when it begins: one at a time, and once more for whoever comes meanwhile.

export class Turns {
  readonly #work: () => Promise<void>;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when a turn that began after this call has ended. All who come while one is under way share the next. */
  take(): Promise<void> {
    if (this.#current) {
      this.#next ??= this.#current.then(() => {
        this.#next = undefined;
        return this.take();
      });
      return this.#next;
    }
    this.#current = this.#work().finally(() => (this.#current = undefined));
    return this.#current;
  }
}
