// Lines out of the logs of many pods.
import * as z from "zod";
import { LogLevel, logSelection, LogSummary, LogTruncated } from "./log-selection.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const MAX_LOG_LINES = 1_000;

export const LogLine = once(() =>
  z.object({
    ts: z.string(),
    pod: z.string(),
    container: z.string(),
    level: LogLevel().optional(),
    line: z.string(),
    /** How many lines this one stands for, where those alike were folded. */
    repeat: z.int().optional(),
    /** It stands beside a line that matched, and does not match itself. */
    context: z.literal(true).optional(),
  }),
);
export type LogLine = z.output<ReturnType<typeof LogLine>>;

export const searchLogs = route(
  "/v1/search-logs",
  () =>
    z.strictObject({
      ...logSelection(),
      context: z.int().min(0).max(5).default(0).describe("Lines before and after each match"),
      order: z.enum(["newest", "oldest"]).default("newest").describe("Which lines first"),
      dedupe: z.boolean().default(false).describe("Fold lines alike but for numbers and ids"),
      limit: z.int().min(1).max(MAX_LOG_LINES).default(100).describe("Matching lines at most"),
    }),
  () =>
    z.object({
      lines: z.array(LogLine()),
      summary: LogSummary(),
      truncated: LogTruncated(),
    }),
);
