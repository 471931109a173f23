// PromQL's string literals. They are Go's: what they mean is decided here, and sent on in one form only.

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^])|$)/g;

/** The text that a literal stands for; undefined where Go would refuse it, or where it is not text. */
export function unquote(literal: string): string | undefined {
  const mark = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(mark)) return undefined;
  const body = literal.slice(1, -1);
  if (mark === "`") return body.isWellFormed() ? body : undefined;
  if (body.includes("\n")) return undefined;

  const unknown: unknown[] = [];
  const text = body.replace(ESCAPE, (escape, ...groups: unknown[]) => {
    const unescaped = character(groups.slice(0, 5));
    if (unescaped === undefined) unknown.push(escape);
    return unescaped ?? "";
  });
  return unknown.length === 0 && text.isWellFormed() ? text : undefined;
}

function character([hex, octal, short, long, letter]: readonly unknown[]): string | undefined {
  if (typeof letter === "string") return Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  // Beyond ASCII these two are bytes, not characters.
  if (typeof hex === "string") return upTo(0x7f, Number.parseInt(hex, 16));
  if (typeof octal === "string") return upTo(0x7f, Number.parseInt(octal, 8));
  if (typeof short === "string") return upTo(0xffff, Number.parseInt(short, 16));
  return typeof long === "string" ? upTo(0x10ffff, Number.parseInt(long, 16)) : undefined;
}

/** Halves of a surrogate pair are no characters to Go, not even side by side. */
function upTo(most: number, code: number): string | undefined {
  return code <= most && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined;
}

/** The same text as a literal: JSON's escapes are all among Go's. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
