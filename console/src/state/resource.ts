// Something of the server's that the page shows: loaded once, fetched again when it has changed, and never set back.

import { createSignal } from "./signal.ts";
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
  const state = createSignal<Loaded<T>>(first === undefined ? { is: "loading" } : { is: "ready", value: first });
  let puts = 0;
  const loadOnce = async () => {
    const putsBefore = puts;
    const answer = await load();
    if (puts === putsBefore) state.put(after(state.now(), answer));
  };
  return {
    now: state.now,
    watch: state.watch,
    isWatched: state.isWatched,
    refresh: oneAtATime(loadOnce),
    put: (value) => {
      puts++;
      state.put({ is: "ready", value });
    },
  };
}

function after<T>(before: Loaded<T>, answer: Result<T, Problem>): Loaded<T> {
  if (answer.ok) return { is: "ready", value: answer.value };
  return before.is === "ready" ? { ...before, problem: answer.error } : { is: "failed", problem: answer.error };
}

/** However often it is called meanwhile, it is done once more and no oftener. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  let asked = 0;
  const workOff = async () => {
    let begun: number;
    do {
      begun = asked;
      await work();
    } while (begun !== asked);
  };
  return () => {
    asked++;
    underWay ??= workOff().finally(() => (underWay = undefined));
    return underWay;
  };
}
