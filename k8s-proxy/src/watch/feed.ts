// One kind of object as a watch follows it: its list, from whose version on it is watched, and what of a change is told.
import type { Failure } from "../failure.ts";
import type { Asking } from "../kubernetes/lists.ts";
import type { Result } from "../result.ts";
import type { PendingChanges } from "./pending.ts";

export interface Feed {
  readonly path: readonly string[];
  /** Reads how things are; the version from which on to watch. After the first time, a new start and what differs are told. */
  read(): Promise<Result<string, Failure>>;
  /** False for an object that is none of this kind. */
  take(happened: "ADDED" | "MODIFIED" | "DELETED", object: unknown): boolean;
}

export interface FeedOptions {
  readonly namespace: string;
  readonly asking: Asking;
  readonly pending: PendingChanges;
  readonly now: () => number;
}
