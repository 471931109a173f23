// One line of JSON an event. Nothing a caller sent goes in whole: names, counts and reasons only.

export type LogLevel = "info" | "warn" | "error";

/** Strings are escaped by JSON, so no line can hold a second one. */
export function log(level: LogLevel, event: string, facts: Readonly<Record<string, unknown>> = {}): void {
  const line = JSON.stringify({ level, event, ...facts });
  if (level === "error") console.error(line);
  else console.log(line);
}

/** For a bug: what it was and where, for the operator. No stack, and nothing in the message that may be a secret. */
export function causeOf(cause: unknown): Readonly<Record<string, unknown>> {
  if (!(cause instanceof Error)) return { error: typeof cause };
  const at = /^\s+at (.{1,200})$/m.exec(cause.stack ?? "")?.[1];
  return { error: cause.name, message: withoutSecrets(cause.message), at };
}

/** An exception may quote what it choked on. Words of ordinary length stay; keys, tokens and encoded data are longer. */
function withoutSecrets(text: string): string {
  return text.slice(0, 300).replace(/[\w+/=.~-]{24,}/g, "[…]");
}
