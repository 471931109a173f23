// Services and where they lead, made safe as they are parsed.
import * as z from "zod";
import { Word, listOf, mapOf } from "./api-text.ts";
import { Label, Metadata } from "./api-workload.ts";

export const ApiService = z.object({
  metadata: Metadata,
  spec: z.object({
    type: Word.nullish(),
    selector: mapOf(Label),
    ports: listOf(
      z.object({
        name: Word.nullish(),
        port: z.int(),
        protocol: Word.nullish(),
        targetPort: z.union([z.int(), Word]).nullish(),
      }),
    ),
  }),
});
export type ApiService = z.output<typeof ApiService>;

/** A service has one or more of them, found by the label `kubernetes.io/service-name`. */
export const ApiEndpointSlice = z.object({
  metadata: Metadata,
  endpoints: listOf(
    z.object({
      // Absent is unknown, and to be taken for ready.
      conditions: z.object({ ready: z.boolean().nullish() }).prefault({}),
      targetRef: z.object({ kind: Word.nullish(), name: Word.nullish() }).nullish(),
    }),
  ),
});
export type ApiEndpointSlice = z.output<typeof ApiEndpointSlice>;
