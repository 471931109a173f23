// One line of JSON an event. Nothing a caller sent goes in whole: names, counts and reasons only.

export type LogLevel = "info" | "warn" | "error";

/** Strings are escaped by JSON, so no line can hold a second one. */
export function log(level: LogLevel, event: string, facts: Readonly<Record<string, unknown>> = {}): void {
  const line = JSON.stringify({ level, event, ...facts });
  if (level === "error") console.error(line);
  else console.log(line);
}

/** For a bug: where it happened and what it was, for the operator. A caller never sees either. */
export function causeOf(cause: unknown): Readonly<Record<string, unknown>> {
  return cause instanceof Error
    ? { error: cause.name, message: cause.message, stack: cause.stack }
    : { error: String(cause) };
}
