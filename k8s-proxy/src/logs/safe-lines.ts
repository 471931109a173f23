// Lines of one container, made safe in their order. Nothing else in here ever sees a line before this.
import { visible } from "../clean.ts";
import { lineRedactor } from "../redact/redact.ts";
import { mark } from "../redact/rules.ts";
import { MAX_READ_LENGTH } from "./limits.ts";

import type { Redact } from "../redact/redact.ts";

/** RFC 7468: lines of 64 characters, after whatever a logger writes before them. */
const KEY_LINE = /(?:^|[\s|])[A-Za-z0-9+/]{60,76}={0,2}$/;
/** The last line of a key is shorter. */
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY|^[A-Za-z0-9+/]{16,64}={0,2}$|^[A-Za-z0-9+/]{1,64}={1,2}$/;

/** First the invisible characters, which could hide a secret from the rules; then the secrets. */
export function safeLines(redact: Redact): (line: string) => string {
  const redactLine = lineRedactor(redact);
  // A reading may begin inside a private key, whose first line came before it.
  let isBeginning = true;
  return (line) => {
    const text = visible(line);
    if (isBeginning && (KEY_LINE.test(text) || KEY_END.test(text))) return mark("private_key");
    isBeginning = false;
    const redacted = redactLine(text);
    return line.length < MAX_READ_LENGTH ? redacted : withoutLastWord(redacted);
  };
}

/** Where the reading of a line ended, half a secret may stand that no rule knows any more. */
function withoutLastWord(text: string): string {
  const end = Math.max(...[" ", ",", ";", "&"].map((separator) => text.lastIndexOf(separator)));
  return text.slice(0, Math.max(0, end));
}
