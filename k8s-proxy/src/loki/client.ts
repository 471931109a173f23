// Loki, as far as the proxy asks it: which containers have lines in a window, and those lines page by page.
import * as z from "zod";
import { Name } from "../contract/index.ts";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";

import type { Egress } from "../egress.ts";
import type { Failure } from "../failure.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { Result } from "../result.ts";

const API = ["loki", "api", "v1"] as const;
const TIMEOUT_MS = 15_000;
/** Loki's own default for the most; where an operator set less, it says so and is asked for that. */
export const PAGE_SIZE = 5_000;

/** Nanoseconds since 1970; the end is exclusive. */
export interface Window {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface PageAsked extends Window {
  readonly query: string;
  readonly direction: "backward" | "forward";
}

export interface LokiEntry {
  readonly source: LogSource;
  readonly atNs: bigint;
  /** As it was written: not redacted, not cleaned. */
  readonly line: string;
}

export interface LokiPage {
  readonly entries: readonly LokiEntry[];
  /** There may be more behind it. */
  readonly isFull: boolean;
}

export interface Loki {
  sources(query: string, window: Window, signal: AbortSignal): Promise<Result<readonly LogSource[], Failure>>;
  page(asked: PageAsked, signal: AbortSignal): Promise<Result<LokiPage, Failure>>;
  close(): Promise<void>;
}

/** A stream without them cannot be named in an answer; a name that is none could be anything. */
const Labels = z.object({ pod: Name(), container: Name().default("unknown") });
const Series = z.object({ data: z.array(z.unknown()) });
const Entry = z.tuple([z.string().regex(/^\d{1,20}$/), z.string()]).rest(z.unknown());
const Streams = z.object({
  data: z.object({
    resultType: z.literal("streams"),
    result: z.array(z.object({ stream: z.unknown(), values: z.array(Entry) })),
  }),
});

export function loki(egress: Egress): Loki {
  const pageOf = async ({ query, direction, startNs, endNs }: PageAsked, limit: number, signal: AbortSignal) => {
    const window = { start: String(startNs), end: String(endNs) };
    const answered = await egress.get(
      { path: [...API, "query_range"], query: { query, direction, limit, ...window }, timeoutMs: TIMEOUT_MS },
      signal,
    );
    return answered.ok ? parsePage(answered.value, limit) : answered;
  };
  return {
    async sources(query, { startNs, endNs }, signal) {
      const asked = { "match[]": [query], start: String(startNs), end: String(endNs) };
      const answered = await egress.get({ path: [...API, "series"], query: asked, timeoutMs: TIMEOUT_MS }, signal);
      if (!answered.ok) return answered;
      const parsed = Series.safeParse(answered.value);
      return parsed.success ? ok(parsed.data.data.flatMap(sourceOf)) : unknownForm();
    },
    async page(asked, signal) {
      const page = await pageOf(asked, PAGE_SIZE, signal);
      const most = page.ok ? undefined : mostEntries(page.error);
      return most === undefined ? page : pageOf(asked, most, signal);
    },
    close: () => egress.close(),
  };
}

/** `max entries limit per query exceeded, limit > max_entries_limit_per_query (5000 > 1000)` */
function mostEntries({ message }: Failure): number | undefined {
  const [, most] = /max entries limit per query exceeded.{0,80}\(\d+ > (\d{1,6})\)/.exec(message) ?? [];
  return most === undefined || Number(most) === 0 ? undefined : Number(most);
}

function parsePage(answer: unknown, limit: number): Result<LokiPage, Failure> {
  const parsed = Streams.safeParse(answer);
  if (!parsed.success) return unknownForm();
  const { result } = parsed.data.data;
  const entries = result.flatMap(({ stream, values }) =>
    sourceOf(stream).flatMap((source) => values.map(([ns, line]) => ({ source, atNs: BigInt(ns), line }))),
  );
  const count = result.reduce((sum, { values }) => sum + values.length, 0);
  return ok({ entries, isFull: count >= limit });
}

function sourceOf(labels: unknown): readonly LogSource[] {
  const parsed = Labels.safeParse(labels);
  return parsed.success ? [parsed.data] : [];
}

function unknownForm(): Result<never, Failure> {
  return fail("cluster_unavailable", "Loki answered in an unknown form", { detail: "is LOKI_URL right?" });
}
