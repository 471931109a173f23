// Lists and objects of the API, page by page, parsed with the schema of those who read them.
import * as z from "zod";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";

import type { EgressRequest } from "../egress-request.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { KubernetesApi } from "./client.ts";

/** What the API server serves quickly in one answer. */
export const PAGE_SIZE = 500;

export interface Asking {
  readonly api: Pick<KubernetesApi, "get">;
  readonly signal: AbortSignal;
}

export interface Listing<T extends z.ZodType> extends Pick<EgressRequest, "path" | "query"> {
  readonly item: T;
  /** In the plural, for the words of a failure: `pods`. */
  readonly what: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the list goes on; absent on the last page. */
  readonly next?: string | undefined;
  /** How many come after this page, where the API server counts: never with a selector. */
  readonly remaining?: number | undefined;
  /** The moment that the whole list is of: from where it can be watched. */
  readonly version?: string | undefined;
}

const Metadata = z.object({
  continue: z.string().optional(),
  remainingItemCount: z.int().optional(),
  resourceVersion: z.string().optional(),
});

export async function readPage<T extends z.ZodType>(
  listing: Listing<T>,
  asking: Asking,
): Promise<Result<Page<z.output<T>>, Failure>> {
  const answer = await ask(listing, asking);
  return answer.ok ? parsePage(listing, answer.value) : answer;
}

export interface Pages {
  readonly most: number;
  /** Where to begin: the `next` of an earlier page. */
  readonly from?: string | undefined;
}

/**
 * One page after the other; the last is a failure, has no `next`, or is the last that may be read. A page is asked for
 * before the one ahead of it is parsed: the network and the processor work side by side.
 */
export async function* pagesOf<T extends z.ZodType>(
  listing: Listing<T>,
  { most, from }: Pages,
  asking: Asking,
): AsyncGenerator<Result<Page<z.output<T>>, Failure>> {
  const askFrom = (next: string | undefined) =>
    ask({ ...listing, query: { ...listing.query, continue: next } }, asking);
  let asked: Promise<Result<unknown, Failure>> | undefined = askFrom(from);
  for (let pages = 1; asked !== undefined; pages++) {
    const answer: Result<unknown, Failure> = await asked;
    const next: string | undefined = answer.ok ? nextOf(answer.value) : undefined;
    asked = next !== undefined && pages < most ? askFrom(next) : undefined;
    yield answer.ok ? parsePage(listing, answer.value) : answer;
  }
}

function ask(
  { path, query }: Pick<EgressRequest, "path" | "query">,
  { api, signal }: Asking,
): Promise<Result<unknown, Failure>> {
  return api.get({ path, query: { limit: PAGE_SIZE, ...query } }, signal);
}

function nextOf(answer: unknown): string | undefined {
  const next = z.object({ metadata: Metadata }).safeParse(answer).data?.metadata.continue;
  return next === "" ? undefined : next;
}

function parsePage<T extends z.ZodType>(
  { item, what }: Pick<Listing<T>, "item" | "what">,
  answer: unknown,
): Result<Page<z.output<T>>, Failure> {
  const list = parseAs(z.object({ metadata: Metadata, items: z.array(item) }), answer, `a list of ${what}`);
  if (!list.ok) return list;
  const { items, metadata } = list.value;
  const { remainingItemCount: remaining, resourceVersion: version } = metadata;
  return ok({ items, next: nextOf(answer), remaining, version });
}

export interface ReadList<T> {
  readonly items: readonly T[];
  /** False when the ceiling was reached before the end of the list. */
  readonly isComplete: boolean;
}

/** At most so many pages; the order is that of the names, so a list that is not complete is no sample of the whole. */
export async function readList<T extends z.ZodType>(
  listing: Listing<T>,
  maxPages: number,
  asking: Asking,
): Promise<Result<ReadList<z.output<T>>, Failure>> {
  const items: z.output<T>[] = [];
  let next: string | undefined;
  for await (const page of pagesOf(listing, { most: maxPages }, asking)) {
    if (!page.ok) return page;
    items.push(...page.value.items);
    next = page.value.next;
  }
  return ok({ items, isComplete: next === undefined });
}

/** One object. What is not there is told in the caller's words, because the client knows neither kind nor name. */
export async function readObject<T extends z.ZodType>(
  { path, item, what }: Pick<Listing<T>, "path" | "item" | "what">,
  { api, signal }: Asking,
): Promise<Result<z.output<T>, Failure>> {
  const answer = await api.get({ path }, signal);
  return answer.ok ? parseAs(item, answer.value, what) : answer;
}

/** An answer that is not what was asked for is the cluster's fault, and no word of it is passed on. */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, what: string): Result<z.output<T>, Failure> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  return fail("cluster_unavailable", `The cluster's answer is not ${what}`, { detail: `unexpected ${where}` });
}

/** The same for every item, a few at a time, the results in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const queue = [...items.entries()];
  const worker = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const [index, item] = entry;
      results.set(index, await work(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return [...results].toSorted(([one], [other]) => one - other).map(([, result]) => result);
}
