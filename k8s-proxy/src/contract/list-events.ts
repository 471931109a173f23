// What happened lately, newest first, those alike folded into one.
import * as z from "zod";
import { Event } from "./event.ts";
import { DurationUpTo, Name, Namespace } from "./names.ts";
import { route } from "./route.ts";

export const listEvents = route(
  "/v1/list-events",
  () =>
    z.strictObject({
      namespace: Namespace().optional().describe("Left out: all you may read"),
      type: z.enum(["Normal", "Warning"]).optional().describe("Left out: both"),
      reason: z
        .string()
        .regex(/^[A-Za-z0-9_.-]{1,128}$/)
        .optional()
        .describe("Exact, such as FailedScheduling"),
      kind: z
        .string()
        .regex(/^[A-Z][A-Za-z0-9]{0,62}$/)
        .optional()
        .describe("Kind of the object, such as Pod"),
      name: Name().optional().describe("Exact name of the object"),
      since: DurationUpTo("24h").default("1h").describe("How far back, up to 24h"),
      group: z.boolean().default(true).describe("Fold events alike into one"),
      limit: z.int().min(1).max(200).default(50).describe("Events at most"),
    }),
  () =>
    z.object({
      events: z.array(Event()),
      /** All that matched, folded where that was asked for; a lower bound where a ceiling was reached. */
      total: z.int(),
    }),
);
