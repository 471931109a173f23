// The bytes that one search may still read, of one pod and in all.
import type { LogLimits } from "./limits.ts";

export class ScanBudget {
  readonly #limits: LogLimits;
  readonly #pods = new Map<string, number>();
  #total = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  get spent(): number {
    return this.#total;
  }

  left(pod: string): number {
    const ofPod = this.#limits.podBytes - (this.#pods.get(pod) ?? 0);
    return Math.max(0, Math.min(ofPod, this.#limits.totalBytes - this.#total));
  }

  spend(pod: string, bytes: number): void {
    this.#total += bytes;
    this.#pods.set(pod, (this.#pods.get(pod) ?? 0) + bytes);
  }
}
