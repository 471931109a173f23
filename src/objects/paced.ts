// Something that is done when it is asked for, and not too often: at once after a rest, else as soon as its time has come.

import { deployment } from "./deployment.ts";

export class Paced {
  readonly #everyMs: number;
  readonly #work: () => void;
  #lastAtMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A pending timer keeps the object awake: `everyMs` is to be short. */
  constructor(everyMs: number, work: () => void) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  ask(): void {
    if (this.#timer !== undefined) return;
    const waitMs = Math.min(this.#everyMs, this.#lastAtMs + this.#everyMs - deployment.now());
    if (waitMs <= 0) this.#run();
    else this.#timer = setTimeout(() => this.#run(), waitMs);
  }

  #run(): void {
    this.#timer = undefined;
    this.#lastAtMs = deployment.now();
    this.#work();
  }
}
