// What has happened and was not told yet: everything once, in its newest state, and never more than a bound.
import type { WatchChange, WatchEnd } from "../contract/index.ts";

/** Ten lines' worth. Who is told that more was left out has to look anew anyway. */
const MAX_PENDING = 500;

export interface Taken {
  readonly changes: WatchChange[];
  /** So many were not kept. */
  readonly omitted: number;
}

export class PendingChanges {
  readonly #changes = new Map<string, WatchChange>();
  #omitted = 0;
  #resynced = false;
  #end: WatchEnd | undefined;
  #crash: { readonly cause: unknown } | undefined;
  #news = Promise.withResolvers<undefined>();

  /** The key says which thing it is that changed; a change of the same thing that is still here is replaced. */
  add(key: string, change: WatchChange): void {
    const earlier = this.#changes.get(key);
    if (!earlier && this.#changes.size >= MAX_PENDING) this.#omitted += 1;
    else this.#changes.set(key, merged(earlier, change));
    this.#tell();
  }

  resynced(): void {
    this.#resynced = true;
    this.#tell();
  }

  /** The first reason stays. */
  end(reason: WatchEnd): void {
    this.#end ??= reason;
    this.#tell();
  }

  /** A bug, for whoever looks next: it is thrown there. */
  crash(cause: unknown): void {
    this.#crash ??= { cause };
    this.#tell();
  }

  throwCrash(): void {
    if (this.#crash) throw new Error("a watch could not be followed", this.#crash);
  }

  get ended(): WatchEnd | undefined {
    return this.#end;
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.#omitted === 0;
  }

  /** Resolves when there is something new to look at. */
  get news(): Promise<undefined> {
    return this.#news.promise;
  }

  /** Whether there was a new start since this was asked last. */
  takeResynced(): boolean {
    const was = this.#resynced;
    this.#resynced = false;
    return was;
  }

  take(most: number): Taken {
    const taken = [...this.#changes].slice(0, most);
    for (const [key] of taken) this.#changes.delete(key);
    const omitted = this.#omitted;
    this.#omitted = 0;
    return { changes: taken.map(([, change]) => change), omitted };
  }

  #tell(): void {
    this.#news.resolve(undefined);
    this.#news = Promise.withResolvers();
  }
}

/** What nobody has heard of yet is still new, however often it changed since. */
function merged(earlier: WatchChange | undefined, change: WatchChange): WatchChange {
  const isStillNew = earlier?.kind === "Pod" && earlier.change === "added";
  return isStillNew && change.kind === "Pod" && change.change === "modified" ? { ...change, change: "added" } : change;
}
