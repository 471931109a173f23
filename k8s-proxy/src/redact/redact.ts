// Takes secrets out of text and leaves `[REDACTED:kind]` in their place. It knows shapes, not meaning.
import { RE2JS } from "re2js";
import { mark, RULES, TRIGGER } from "./rules.ts";

export type Redact = (text: string) => string;

/** By the built-in rules alone: for text that is made safe as it is parsed. */
export function redact(text: string): string {
  if (!TRIGGER.test(text)) return text;
  let redacted = text;
  for (const { pattern, replace } of RULES) redacted = redacted.replace(pattern, replace);
  return redacted;
}

/** With the patterns of one deployment besides: RE2, already checked. They see what the built-in rules have left. */
export function createRedactor(patterns: readonly string[]): Redact {
  if (patterns.length === 0) return redact;
  const own = patterns.map((pattern) => RE2JS.compile(pattern));
  return (text) => own.reduce((left, pattern) => pattern.matcher(left).replaceAll(mark("custom")), redact(text));
}

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY/;
/** RFC 7468, within whatever a logger writes around it: base64 at the end of a line, or the old headers. */
const KEY_BODY =
  /[A-Za-z0-9+/]{40,128}={0,2}(?![A-Za-z0-9+/])|["'][A-Za-z0-9+/]{16,128}={0,2}["']|(?:^|[\s|"'=:,])[A-Za-z0-9+/]{16,128}={0,2}(?:\\[nr])*["'}\])\s,]*$|^\s*[A-Za-z0-9+/]{1,128}={0,2}\s*$|Proc-Type:|DEK-Info:/;
/** A longer key does not exist; a stream that never ends one must not stay hidden. */
const MAX_KEY_LINES = 200;

/** For the lines of one stream in their order: a private key is many lines, and only the first and the last look like one. */
export function lineRedactor(redactLine: Redact): Redact {
  let linesLeft = 0;
  return (line) => {
    const isInside = linesLeft > 0;
    if (isInside) linesLeft = KEY_ENDS.test(line) ? 0 : linesLeft - 1;
    if (KEY_BEGINS.test(line) && !KEY_ENDS.test(line)) linesLeft = MAX_KEY_LINES;
    // Another program may write in between: its lines are shown, and the key goes on behind them.
    return isInside && (KEY_ENDS.test(line) || KEY_BODY.test(line)) ? mark("private_key") : redactLine(line);
  };
}
