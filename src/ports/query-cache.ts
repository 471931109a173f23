// Answers to questions that many agents ask at once, kept for a few minutes; and who is fetching one at the moment.

import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

/** Everything that an answer depends on. Who may see less never meets the answer of who may see more. */
export interface QueryKey {
  readonly cluster: string;
  /** The caller's namespaces in that cluster, in order. */
  readonly namespaces: readonly string[];
  /** The question in its one normal form, its moment and its options. */
  readonly question: readonly (string | number)[];
}

export type Looked =
  | { readonly kind: "hit"; readonly json: string; readonly storedAtMs: number }
  /** Nobody has it and nobody is fetching it: whoever is told so fetches it, and then says so with `put` or `release`. */
  | { readonly kind: "lease" }
  /** Somebody is fetching it. */
  | { readonly kind: "busy" };

export interface Lease {
  /** Names the holder: nobody else's lease is given back by it. */
  readonly holder: string;
  /** After this long the holder is taken for dead, and the next who looks takes over. */
  readonly leaseMs: number;
}

export interface Fetched {
  readonly holder: string;
  readonly json: string;
  readonly storedAtMs: number;
  readonly ttlMs: number;
}

export interface QueryCache {
  /** One round trip. A value stored before `notBeforeMs` counts as none. */
  look(
    key: QueryKey,
    asked: Lease & { readonly notBeforeMs: number },
    signal: AbortSignal,
  ): Promise<Result<Looked, UpstreamFailure>>;
  /** One round trip: stores the value, unless a newer one is there, and ends the holder's lease. */
  put(key: QueryKey, fetched: Fetched, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
  /** Ends the holder's lease without a value, so that the next need not wait for it to lapse. */
  release(key: QueryKey, holder: string, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
  /** The wait between two looks; ends at once when the signal fires. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}
