// Something of the server's that the page shows: loaded once, fetched again when it has changed, and never set back.

import type { Result } from "../../../src/result.ts";
import type { Problem } from "../api/problem.ts";

export type Loaded<T> =
  | { readonly is: "loading" }
  /** With a problem: a later attempt failed, and this is how it was before. */
  | { readonly is: "ready"; readonly value: T; readonly problem?: Problem }
  | { readonly is: "failed"; readonly problem: Problem };

export interface Resource<T> {
  readonly now: () => Loaded<T>;
  /** Of several calls while one is under way, one more follows it: the last answer began after the last change. */
  readonly refresh: () => Promise<void>;
  /** What the server said in answer to a change of ours. An answer that was asked for earlier no longer counts. */
  readonly put: (value: T) => void;
  readonly watch: (listener: () => void) => () => void;
  /** Whether anybody would see that it changed. */
  readonly isWatched: () => boolean;
}

export function createResource<T>(load: () => Promise<Result<T, Problem>>, first?: T): Resource<T> {
  let state: Loaded<T> = first === undefined ? { is: "loading" } : { is: "ready", value: first };
  let underWay: Promise<void> | undefined;
  let isAskedAgain = false;
  let puts = 0;
  const listeners = new Set<() => void>();

  const become = (next: Loaded<T>) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const loadOnce = async () => {
    const putsBefore = puts;
    const answer = await load();
    if (puts !== putsBefore) return;
    if (answer.ok) become({ is: "ready", value: answer.value });
    else if (state.is === "ready") become({ ...state, problem: answer.error });
    else become({ is: "failed", problem: answer.error });
  };
  const loadAll = async () => {
    do {
      isAskedAgain = false;
      await loadOnce();
    } while (isAskedAgain);
  };

  return {
    now: () => state,
    refresh: () => {
      isAskedAgain = underWay !== undefined;
      underWay ??= loadAll().finally(() => (underWay = undefined));
      return underWay;
    },
    put: (value) => {
      puts++;
      become({ is: "ready", value });
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isWatched: () => listeners.size > 0,
  };
}
