// The pods that a workload would make. What may be a secret is kept as a fingerprint: enough to see that it changed.
import { createHmac, randomBytes } from "node:crypto";
import * as z from "zod";
import { safe } from "../safe.ts";
import { DetailedSpec } from "./api-pod-detail.ts";
import { Word, listOf, mapOf } from "./api-text.ts";

/** Of this process alone: no fingerprint can be looked up in a table, should one ever be shown. */
const KEY = randomBytes(32);

function fingerprint(value: unknown): string {
  const text = JSON.stringify(value ?? null, inOrder);
  return createHmac("sha256", KEY).update(text).digest("base64");
}

/** The API writes the same fields of old and new objects in different orders. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Anything at all, of which nothing is kept but whether it is the same as another. */
const Fingerprint = z.unknown().optional().transform(fingerprint);
const Variables = listOf(z.looseObject({ name: z.string() })).transform(
  (all) => new Map(all.map(({ name, ...source }) => [safe(name, 256), fingerprint(source)])),
);

const Compared = z
  .object({
    image: Fingerprint,
    env: Variables,
    envFrom: Fingerprint,
    command: Fingerprint,
    args: Fingerprint,
    volumeMounts: Fingerprint,
    startupProbe: Fingerprint,
    readinessProbe: Fingerprint,
    livenessProbe: Fingerprint,
  })
  .transform((compared) => ({ compared }));

/** What a reader may see of a container, and beside it what only comparisons may. */
const TemplateContainer = z.intersection(DetailedSpec, Compared);
export type TemplateContainer = z.output<typeof TemplateContainer>;

export const PodTemplate = z.object({
  metadata: z.object({ labels: mapOf(z.string().transform((text) => safe(text, 253))) }).nullish(),
  spec: z.object({
    containers: listOf(TemplateContainer),
    initContainers: listOf(TemplateContainer),
    serviceAccountName: Word.nullish(),
    volumes: Fingerprint,
    nodeSelector: Fingerprint,
  }),
});
export type PodTemplate = z.output<typeof PodTemplate>;
