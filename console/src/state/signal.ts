// One value that the page watches: a resource without a server behind it.

export interface Signal<T> {
  readonly now: () => T;
  readonly put: (value: T) => void;
  readonly watch: (listener: () => void) => () => void;
  /** Whether anybody would see that it changed. */
  readonly isWatched: () => boolean;
}

export function createSignal<T>(first: T): Signal<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    now: () => value,
    put: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isWatched: () => listeners.size > 0,
  };
}
