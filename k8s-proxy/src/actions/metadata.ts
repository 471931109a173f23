// What every action reads of its object: which one it is, what it was made of, and what it was last changed by.
import * as z from "zod";
import { fail } from "../failure.ts";
import { listOf, mapOf, Word } from "../kubernetes/api-text.ts";
import { ok } from "../result.ts";
import { LAST_ACTION } from "./egress.ts";

import type { Expected } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { AskedOfAll, Facts, Prepared } from "./action.ts";

/** Labels and annotations are as they are in the cluster: what is shown of them is made safe where it is shown. */
export const Metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.int().optional(),
  deletionTimestamp: z.string().nullish(),
  finalizers: listOf(Word),
  labels: mapOf(z.string()),
  annotations: mapOf(z.string()),
  ownerReferences: listOf(z.object({ kind: Word, name: Word, uid: z.string(), controller: z.boolean().nullish() })),
});
export type Metadata = z.output<typeof Metadata>;

export interface Seen {
  readonly kind: string;
  readonly metadata: Metadata;
}

/** `Deployment shop/web`. */
export function called({ kind, metadata: { namespace, name } }: Seen): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function objectOf({ kind, metadata }: Seen) {
  const { namespace, name, uid, generation } = metadata;
  return {
    kind,
    name,
    uid,
    ...(namespace !== undefined && { namespace }),
    ...(generation !== undefined && { generation }),
  };
}

function foundOf({ metadata: { uid, generation } }: Seen): Expected {
  return { uid, ...(generation !== undefined && { generation }) };
}

/** Whether it is still what whoever decided has seen. */
export function asExpected(object: Seen, expect: Expected | undefined): Result<undefined, Failure> {
  const { uid, generation } = object.metadata;
  if (expect === undefined) return ok(undefined);
  if (expect.uid !== uid) return changed(`${called(object)} is another one than was looked at: it was made anew`);
  if (expect.generation === undefined || generation === undefined || expect.generation === generation)
    return ok(undefined);
  return changed(
    `${called(object)} was changed since it was looked at: generation ${generation}, not ${expect.generation}`,
  );
}

function changed(what: string) {
  return fail("conflict", `${what}; look again. Nothing was changed`);
}

/** The change under this key was made before this process began, which knows of it by the object alone. */
export function replayOf(object: Seen, { dry_run, idempotency_key }: AskedOfAll): Prepared | undefined {
  if (dry_run || object.metadata.annotations[LAST_ACTION] !== idempotency_key) return undefined;
  const summary = `${called(object)} was changed under this key before; nothing was done this time.`;
  const facts = { object: objectOf(object), found: { uid: object.metadata.uid }, changed: true, summary, affects: {} };
  return { kind: "replayed", facts };
}

const Answer = z.object({ metadata: z.object({ generation: z.int().optional() }) });

/** Which object it is about, with the generation that it came back with from the API server. */
export function about(object: Seen, answer?: unknown): Pick<Facts, "object" | "found"> {
  const generation = Answer.safeParse(answer).data?.metadata.generation;
  return { object: { ...objectOf(object), ...(generation !== undefined && { generation }) }, found: foundOf(object) };
}
