// Which log lines are meant, and what is said of the reading: the same for a search and for patterns.
import * as z from "zod";
import { DurationUpTo, LabelSelector, Moment, Name, Namespace } from "./names.ts";
import { once } from "./once.ts";

/** In the order of their weight. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LogLevel = once(() => z.enum(LOG_LEVELS));
export type LogLevel = z.output<ReturnType<typeof LogLevel>>;

const Pattern = once(() => z.string().min(1).max(512));

/** The fields by which both routes choose lines. */
export const logSelection = once(() => ({
  namespace: Namespace().describe("Kubernetes namespace"),
  pod_pattern: z.string().min(1).max(128).optional().describe('Glob or RE2 for the pod\'s name: "checkout-*"'),
  label_selector: LabelSelector().optional().describe('As kubectl takes it: "app=web"'),
  container: Name().optional().describe("Exact name; left out: all"),
  previous: z.boolean().default(false).describe("Of the run before the last restart"),
  since: DurationUpTo("24h").optional().describe("Back from now, up to 24h; default 15m, of previous all"),
  until: Moment().optional().describe('RFC 3339 or "now-1h", inclusive'),
  filter: Pattern().optional().describe("Lines must match: text or RE2, (?i) for any case"),
  exclude: Pattern().optional().describe("Lines must not match: text or RE2"),
  level: LogLevel().optional().describe("This level or worse"),
}));

export const LogSummary = once(() =>
  z.object({
    /** Lines that matched, shown or not. */
    matched: z.int(),
    scanned_lines: z.int(),
    scanned_bytes: z.int(),
    pods_matched: z.int(),
    pods_scanned: z.int(),
    /** At most 20 of them. */
    pods_failed: z.array(z.object({ pod: z.string(), container: z.string().optional(), error: z.string() })),
    /** Of the lines that matched; `unknown` where a line names none. */
    levels: z.record(z.string(), z.int()),
  }),
);
export type LogSummary = z.output<ReturnType<typeof LogSummary>>;

/** Which budgets were hit: an empty object says that everything was read and is here. */
export const LogTruncated = once(() =>
  z.object({
    lines: z.boolean().optional(),
    bytes: z.boolean().optional(),
    pods: z.boolean().optional(),
    time: z.boolean().optional(),
  }),
);
export type LogTruncated = z.output<ReturnType<typeof LogTruncated>>;
