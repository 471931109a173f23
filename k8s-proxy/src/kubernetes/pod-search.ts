// Looks through several pages of pods for what the API server cannot select by: health, and patterns of names.
import { fail } from "../failure.ts";
import { compileNamePattern } from "../pattern.ts";
import { ok } from "../result.ts";
import { pagesOf } from "./lists.ts";
import { countByStatus, toPod, troubledFirst } from "./pods.ts";

import type { Pod, ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { ApiPod } from "./api-pod.ts";
import type { Listing } from "./lists.ts";

export type ListPods = Handles<typeof ROUTES.listPods>;
export type PodsAsked = Parameters<ListPods>[0];
export type PodsAnswer = Awaited<ReturnType<ListPods>>;
export type PodListing = Listing<typeof ApiPod>;

/** 2,500 pods: what can be read within a call without holding up the others. */
const MAX_PAGES = 5;

/** Where a search goes on: so many of what it finds were shown already, and from there it looks. */
interface Position {
  readonly skip: number;
  readonly from: string | undefined;
}

export async function searchPods(listing: PodListing, asked: PodsAsked, reading: Reading): Promise<PodsAnswer> {
  const position = readPosition(asked.continue);
  if (!position.ok) return position;
  const matches = matcher(asked);
  if (!matches.ok) return matches;
  const looked = await lookThrough(listing, { from: position.value.from, matches: matches.value }, reading);
  if (!looked.ok) return looked;

  const { next, scanned } = looked.value;
  const found = troubledFirst(looked.value.found);
  const end = position.value.skip + asked.limit;
  if (next !== undefined) {
    reading.warn(
      `Only ${scanned} pods were looked through, the most at a time, and ${found.length} found; more come behind.`,
    );
  }
  return ok({
    pods: found.slice(position.value.skip, end),
    ...goOn({ isMore: end < found.length, end, from: position.value.from, next }),
    ...(next === undefined && { found: found.length }),
    by_status: countByStatus(found),
  });
}

function matcher({ state, name_pattern }: PodsAsked): Result<(pod: Pod) => boolean, Failure> {
  const isName = name_pattern === undefined ? ok(() => true) : compileNamePattern(name_pattern);
  if (!isName.ok) return isName;
  return ok((pod) => isName.value(pod.name) && (state !== "unhealthy" || pod.problem !== undefined));
}

interface Look {
  readonly from: string | undefined;
  readonly matches: (pod: Pod) => boolean;
}

interface Looked {
  readonly found: readonly Pod[];
  readonly scanned: number;
  readonly next: string | undefined;
}

async function lookThrough(
  listing: PodListing,
  { from, matches }: Look,
  reading: Reading,
): Promise<Result<Looked, Failure>> {
  const found: Pod[] = [];
  let scanned = 0;
  let next: string | undefined;
  for await (const page of pagesOf(listing, { most: MAX_PAGES, from }, reading)) {
    if (!page.ok) return page;
    found.push(...page.value.items.map((pod) => toPod(pod, reading.now())).filter(matches));
    scanned += page.value.items.length;
    next = page.value.next;
  }
  return ok({ found, scanned, next });
}

function readPosition(text: string | undefined): Result<Position, Failure> {
  if (text === undefined) return ok({ skip: 0, from: undefined });
  const [, skip, from] = /^(\d{1,6})\.(.*)$/.exec(text) ?? [];
  if (skip === undefined) return fail("invalid_request", "This continue is of another list; start again without it");
  return ok({ skip: Number(skip), from: from === "" ? undefined : from });
}

interface Ends extends Pick<Looked, "next"> {
  readonly isMore: boolean;
  readonly end: number;
  readonly from: string | undefined;
}

/** First the rest of what was found here, then what comes behind it. */
function goOn({ isMore, end, from = "", next }: Ends): { continue?: string } {
  if (isMore) return { continue: `${end}.${from}` };
  return next === undefined ? {} : { continue: `0.${next}` };
}
