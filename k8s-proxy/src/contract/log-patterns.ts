// What the logs of many pods say over and over: their lines with everything that varies masked, counted.
import * as z from "zod";
import { logSelection, LogSummary, LogTruncated } from "./log-selection.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const MAX_TEMPLATES = 30;

export const LogTemplate = once(() =>
  z.object({
    template: z.string(),
    count: z.int(),
    levels: z.record(z.string(), z.int()),
    /** How many pods wrote it. */
    pods: z.int(),
    first: z.string(),
    last: z.string(),
    /** One whole line of it. */
    example: z.string(),
  }),
);
export type LogTemplate = z.output<ReturnType<typeof LogTemplate>>;

export const LogBucket = once(() => z.object({ t: z.string(), total: z.int(), error: z.int() }));
export type LogBucket = z.output<ReturnType<typeof LogBucket>>;

export const logPatterns = route(
  "/v1/log-patterns",
  () => z.strictObject(logSelection()),
  () =>
    z.object({
      /** The most frequent first, those with errors before all others. */
      templates: z.array(LogTemplate()),
      /** All there are; a lower bound where there were too many to tell apart. */
      total_templates: z.int(),
      histogram: z.array(LogBucket()),
      summary: LogSummary(),
      truncated: LogTruncated(),
    }),
);
