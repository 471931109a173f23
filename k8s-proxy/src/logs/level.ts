// How serious a line is, by what its writer says: JSON, logfmt, klog, or a word in capitals near its beginning.
import type { LogLevel } from "../contract/index.ts";

/** What a line without any of these is counted as. */
export const UNKNOWN = "unknown";
export type Level = LogLevel | typeof UNKNOWN;

const WEIGHTS: Readonly<Record<Level, number>> = { unknown: -1, debug: 0, info: 1, warn: 2, error: 3 };

/** `{"level":"warn"`, `level=warn`, `"severity": "ERROR"`; pino and bunyan write numbers. */
const FIELD =
  /["']?\b(?:level|severity|lvl|loglevel|log\.level)\b["']?\s{0,2}[:=]\s{0,2}["']?([A-Za-z]{3,13}|\d{2})\b/i;
/** `E1123 02:11:26.000000       1 controller.go:114]` */
const KLOG = /^([IWEF])\d{4} \d\d:/;
const WORD =
  /(?:^|[^A-Za-z0-9_-])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|PANIC|EMERG|ALERT)(?![A-Za-z0-9_-])/;
const LOWER = /^\W{0,3}(?:\S{0,40} )?\[?\b(debug|info|notice|warn|warning|error|fatal|critical|panic)\b(?:\]|:)/i;
/** A word in the middle of a message is about something else. */
const NEAR = 160;

const KLOG_LEVELS: Readonly<Record<string, Level>> = { I: "info", W: "warn", E: "error", F: "error" };

const BY_WORD: Readonly<Record<string, Level>> = {
  trace: "debug",
  verbose: "debug",
  debug: "debug",
  dbg: "debug",
  info: "info",
  information: "info",
  informational: "info",
  notice: "info",
  warn: "warn",
  warning: "warn",
  err: "error",
  error: "error",
  severe: "error",
  fatal: "error",
  critical: "error",
  crit: "error",
  panic: "error",
  dpanic: "error",
  emerg: "error",
  emergency: "error",
  alert: "error",
};

export function levelOf(line: string): Level {
  const klog = KLOG.exec(line)?.[1];
  if (klog !== undefined) return KLOG_LEVELS[klog] ?? UNKNOWN;
  const near = line.length > NEAR ? line.slice(0, NEAR) : line;
  // In JSON the level may stand anywhere.
  const field = FIELD.exec(line.startsWith("{") ? line : near)?.[1];
  const named = field === undefined ? undefined : byName(field);
  if (named !== undefined) return named;
  const word = WORD.exec(near)?.[1] ?? LOWER.exec(near)?.[1];
  return word === undefined ? UNKNOWN : (byName(word) ?? UNKNOWN);
}

/** A line that names no level is below every level. */
export function isAtLeast(level: Level, least: LogLevel): boolean {
  return WEIGHTS[level] >= WEIGHTS[least];
}

export function shownLevel(level: Level): { level?: LogLevel } {
  return level === UNKNOWN ? {} : { level };
}

function byName(name: string): Level | undefined {
  const number = Number(name);
  if (Number.isNaN(number)) return BY_WORD[name.toLowerCase()];
  if (number >= 50) return "error";
  if (number >= 40) return "warn";
  return number >= 30 ? "info" : "debug";
}
