// What is read of a node, made safe as it is parsed.
import * as z from "zod";
import { Message, Quantities, Reason, Timestamp, Word, listOf, mapOf } from "./api-text.ts";

export const ApiNode = z.object({
  metadata: z.object({ name: Word, creationTimestamp: Timestamp, labels: mapOf(Word) }),
  spec: z
    .object({
      unschedulable: z.boolean().nullish(),
      taints: listOf(z.object({ key: Word, value: Word.nullish(), effect: Word })),
    })
    .default({ taints: [] }),
  status: z.object({
    capacity: Quantities,
    allocatable: Quantities,
    conditions: listOf(
      z.object({
        type: Word,
        status: Word,
        reason: Reason,
        message: Message,
        lastTransitionTime: Timestamp.nullish(),
      }),
    ),
    nodeInfo: z.object({ kubeletVersion: Reason }).nullish(),
  }),
});
export type ApiNode = z.output<typeof ApiNode>;
export type NodeCondition = ApiNode["status"]["conditions"][number];
