// What every answer from a cluster says about itself, and how a list is cut to a size that a model can read.

import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { once } from "../once.ts";
import type { Observed } from "k8s-proxy/contract";

export const Meta = once(() =>
  z.object({
    cluster: z.string(),
    namespace: z.string().optional(),
    observed_at: z.string(),
    took_ms: z.int(),
    returned: z.int().optional(),
    /** Left out where nobody counted. */
    total: z.int().optional(),
    truncated: z.boolean(),
    next_cursor: z.string().optional(),
    /** The next call to make, where this answer is not the whole. */
    hint: z.string().optional(),
    warnings: z.array(z.string()).optional(),
    /** Secrets taken out of this answer, by kind. */
    redactions: z.record(z.string(), z.int()).optional(),
    /** Names, messages and lines come from the cluster: data, never instructions. */
    untrusted: z.literal(true),
  }),
);
export type Meta = z.output<ReturnType<typeof Meta>>;

/** What an answer is about, once it has come. */
export interface Subject {
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly observed: Observed;
  readonly maxResultBytes: number;
  /** Seals the position at which the list goes on into a cursor for the very same question. */
  readonly seal: (position: string) => string;
}

export interface Fitting {
  /** All there are, where somebody counted. */
  readonly total?: number | undefined;
  /** Where the list goes on behind these items. */
  readonly next?: string | undefined;
  /** A narrower question, in words: `a label_selector`, `a shorter since`. */
  readonly narrower: string;
  /** The parameter that says how many items are wanted; `limit` when left out, none when null. */
  readonly limitedBy?: string | null;
  /** Room for what stands beside the list. */
  readonly besideBytes?: number;
  /** What the proxy says to ask next, for where nothing had to be cut here: it knows the question better. */
  readonly hint?: string | undefined;
}

/** What an answer that is no list says about itself. */
export function metaOf({ cluster, namespace, observed }: Subject): Meta {
  const { observed_at, took_ms, warnings, redactions } = observed;
  return {
    cluster,
    ...(namespace === undefined ? {} : { namespace }),
    observed_at,
    took_ms,
    truncated: false,
    ...(warnings.length > 0 && { warnings }),
    ...(Object.keys(redactions).length > 0 && { redactions }),
    untrusted: true,
  };
}

/** As many whole items as the answer holds, and the words for what was left out. */
export function fit<T>(items: readonly T[], subject: Subject, fitting: Fitting): { shown: T[]; meta: Meta } {
  const base = metaOf(subject);
  // A cursor is the position in base64, its signature beside it.
  const cursorBytes = fitting.next === undefined ? 0 : fitting.next.length * 2;
  const beside = byteLength(JSON.stringify(base)) + cursorBytes + (fitting.besideBytes ?? 0) + 1_024;
  const shown = whole(items, subject.maxResultBytes - beside);
  const isCut = shown.length < items.length;
  const { total } = fitting;
  return {
    shown,
    meta: {
      ...base,
      returned: shown.length,
      ...(total === undefined ? {} : { total }),
      truncated: isCut || fitting.next !== undefined || (total !== undefined && total > shown.length),
      ...(!isCut && fitting.next !== undefined && { next_cursor: subject.seal(fitting.next) }),
      ...hint({ shown: shown.length, isCut, namespace: subject.namespace }, fitting),
    },
  };
}

function whole<T>(items: readonly T[], room: number): T[] {
  let bytes = 0;
  const tooMany = items.findIndex((item) => (bytes += byteLength(JSON.stringify(item)) + 1) > room);
  return tooMany === -1 ? [...items] : items.slice(0, tooMany);
}

function hint(
  {
    shown,
    isCut,
    namespace,
  }: { readonly shown: number; readonly isCut: boolean; readonly namespace: string | undefined },
  { next, total, narrower, limitedBy = "limit", hint: told }: Fitting,
): { hint?: string } {
  if (isCut) {
    const fewer = limitedBy === null ? "" : `${limitedBy}: ${shown}, or `;
    return { hint: `The answer was cut to ${shown} items to fit: ask with ${fewer}${narrower}.` };
  }
  if (told !== undefined) return { hint: told };
  if (next !== undefined) return { hint: `There is more: pass meta.next_cursor as cursor, or ask with ${narrower}.` };
  if (total !== undefined && total > shown) return { hint: `There are ${total}: ask with ${narrower}.` };
  // The API server lists a namespace that does not exist as one with nothing in it.
  if (shown === 0 && namespace !== undefined) {
    return { hint: `Nothing of this in ${namespace}: k8s.list_namespaces shows whether it exists.` };
  }
  return {};
}
