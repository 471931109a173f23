// Which namespaces a call without one is about: all within its reach, as far as the account can tell.
import * as z from "zod";
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { Timestamp, Word } from "./api-text.ts";
import { inParallel, readList } from "./lists.ts";

import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";

/** 2,500: more than any cluster that people look after by name. */
const MAX_NAMESPACE_PAGES = 5;

const ApiNamespace = z.object({
  metadata: z.object({ name: Word, creationTimestamp: Timestamp.nullish() }),
  status: z.object({ phase: Word.nullish() }).default({}),
});
export type ApiNamespace = z.output<typeof ApiNamespace>;

export interface Reachable {
  readonly namespaces: readonly ApiNamespace[];
  /** False where the account may not list namespaces: then only those named exactly in the allow-list and the grant are known. */
  readonly isListed: boolean;
}

export async function reachableNamespaces(reading: Reading): Promise<Result<Reachable, Failure>> {
  const { reach, warn } = reading;
  const listing = { path: ["api", "v1", "namespaces"], item: ApiNamespace, what: "namespaces" };
  const list = await readList(listing, MAX_NAMESPACE_PAGES, reading);
  if (!list.ok && list.error.reason === "cluster_forbids") return ok(byName(reading));
  if (!list.ok) return list;

  if (!list.value.isComplete)
    warn(`Only the first ${list.value.items.length} namespaces of the cluster were looked at.`);
  return ok({ namespaces: list.value.items.filter(({ metadata }) => reach.has(metadata.name)), isListed: true });
}

function byName({ reach, warn }: Reading): Reachable {
  const exact = reach.patterns.filter((pattern) => !pattern.includes("*"));
  if (exact.length < reach.patterns.length) {
    warn("The proxy may not list namespaces: those that are open by a pattern are left out; name one to look into it.");
  }
  return { namespaces: exact.map((name) => ({ metadata: { name }, status: {} })), isListed: false };
}

/** The cluster as one list, or its namespaces one by one; never more than so many, and the rest is told. */
export type Places = readonly [undefined] | readonly string[];

/** Where to look: `undefined` stands for the whole cluster in one list. */
export async function placesToLook(
  asked: string | undefined,
  most: number,
  reading: Reading,
): Promise<Result<Places, Failure>> {
  if (asked !== undefined) return ok([asked]);
  if (reading.reach.isEverything) return ok([undefined]);
  const reachable = await reachableNamespaces(reading);
  if (!reachable.ok) return reachable;
  const names = reachable.value.namespaces.map(({ metadata }) => metadata.name);
  if (names.length > most) {
    reading.warn(
      `You may read ${names.length} namespaces; only the first ${most} were looked at. Name one of the others.`,
    );
  }
  return ok(names.slice(0, most));
}

const PLACES_AT_ONCE = 4;

/** Reads every place, a few at a time. One that cannot be read is told and left out; when none can, that is the answer. */
export async function readPlaces<T>(
  places: Places,
  read: (place: string | undefined) => Promise<Result<T, Failure>>,
  { warn }: Pick<Reading, "warn">,
): Promise<Result<readonly T[], Failure>> {
  if (places.length === 0) return fail("namespace_not_allowed", "There is no namespace here that you may read");
  const reads = await inParallel<string | undefined, PlaceRead<T>>(places, PLACES_AT_ONCE, async (place) => ({
    place,
    result: await read(place),
  }));

  const failed = reads.flatMap(({ place, result }) => (result.ok ? [] : [{ place, failure: result.error }]));
  const [first] = failed;
  if (first && failed.length === reads.length) return err(explainPlace(first.failure, first.place));
  for (const { place = "", failure } of failed) warn(`Namespace ${place} is left out: ${failure.message}.`);
  return ok(reads.flatMap(({ result }) => (result.ok ? [result.value] : [])));
}

interface PlaceRead<T> {
  readonly place: string | undefined;
  readonly result: Result<T, Failure>;
}

/** A refusal for the whole cluster has a way out that one for a namespace has not. */
function explainPlace(failure: Failure, place: string | undefined): Failure {
  if (place !== undefined || failure.reason !== "cluster_forbids") return failure;
  return { ...failure, message: "The proxy may not read this for the whole cluster at once: name a namespace" };
}
