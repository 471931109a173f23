// Draws a component again whenever something that it shows has changed.

import { useLayoutEffect, useReducer } from "preact/hooks";

export interface Watched<T> {
  readonly now: () => T;
  readonly watch: (listener: () => void) => () => void;
}

export function useWatched<T>(watched: Watched<T>): T {
  return useDerived(watched, same);
}

/** Only when what is made of it changes: a clock ticks each second, and whether time is up changes once. */
export function useDerived<T, U>(watched: Watched<T>, derive: (value: T) => U): U {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const shown = derive(watched.now());
  useLayoutEffect(() => {
    const look = () => {
      if (!Object.is(derive(watched.now()), shown)) redraw(undefined);
    };
    // Between drawing and this effect it may have changed already, and nobody was listening.
    look();
    return watched.watch(look);
  }, [watched, shown]);
  return shown;
}

function same<T>(value: T): T {
  return value;
}
