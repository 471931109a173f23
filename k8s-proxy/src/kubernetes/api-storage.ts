// Claims of storage, and what a namespace may use at most, made safe as they are parsed.
import * as z from "zod";
import { Quantities, Word, listOf } from "./api-text.ts";
import { Metadata } from "./api-workload.ts";

export const ApiClaim = z.object({
  metadata: Metadata,
  spec: z.object({
    storageClassName: Word.nullish(),
    volumeName: Word.nullish(),
    resources: z.object({ requests: Quantities }).nullish(),
  }),
  status: z.object({ phase: Word.nullish(), capacity: Quantities }).prefault({}),
});
export type ApiClaim = z.output<typeof ApiClaim>;

export const ApiQuota = z.object({
  metadata: Metadata,
  status: z.object({ hard: Quantities, used: Quantities }).prefault({}),
});
export type ApiQuota = z.output<typeof ApiQuota>;

export const ApiLimitRange = z.object({
  metadata: Metadata,
  spec: z.object({
    limits: listOf(
      z.object({
        type: Word,
        max: Quantities,
        min: Quantities,
        default: Quantities,
        defaultRequest: Quantities,
        maxLimitRequestRatio: Quantities,
      }),
    ),
  }),
});
export type ApiLimitRange = z.output<typeof ApiLimitRange>;
