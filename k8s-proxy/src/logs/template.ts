// A line with everything masked that differs from one occurrence to the next: what is left is what its writer always says.

const MAX_TEMPLATE_LENGTH = 400;

/** Fields whose text is the message itself, in JSON and in logfmt. */
const SAYING = "msg|message|event|err|error|reason";

/** In the order in which they are tried at one place. Every quantifier is bounded. */
const VARIABLE = new RegExp(
  [
    String.raw`(\[REDACTED:[a-z_]{1,32}\])`,
    String.raw`(\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?|\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)`,
    // Of a message only what varies in it is masked: `msg="price of 17 failed"`, and klog's `file.go:17] "Query failed"`.
    String.raw`(\b(?:${SAYING})="[^"]{0,1000}"|(?<=\] )"[^"]{0,1000}")`,
    String.raw`("[^"]{0,1000}"|(?<=[\s=(:[])'[^']{0,1000}'(?![A-Za-z]))`,
    String.raw`(\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b)`,
    String.raw`(\b(?=[A-Za-z_-]{0,63}\d)(?=\d{0,63}[A-Za-z])[A-Za-z0-9][\w-]{7,127}\b|\b0x[0-9a-fA-F]{1,32}\b)`,
    String.raw`(\d+(?:\.\d+)?)`,
  ].join("|"),
  "g",
);

const MASKS = ["<secret>", "<time>", undefined, "<text>", "<ip>", "<id>", "<n>"] as const;

/** Of a redacted line: nothing is in it that is not in the line. */
export function templateOf(line: string): string {
  const said = line.startsWith("{") ? messageOf(line) : line;
  const whole = said.length > MAX_TEMPLATE_LENGTH ? said.slice(0, MAX_TEMPLATE_LENGTH) : said;
  return whole.replace(VARIABLE, maskOf);
}

/** Where the line is JSON, its quoted texts are its names and its message; only the message and the error are compared. */
function messageOf(line: string): string {
  const fields = [...line.matchAll(FIELD)].map(([, name = "", text = ""]) => `${name}=${text}`);
  return fields.length === 0 ? line.replaceAll('"', "") : fields.join(" ");
}

/** The text as it stands in the line: an escape in it stays one. */
const FIELD = new RegExp(String.raw`"(level|severity|logger|${SAYING})"\s{0,2}:\s{0,2}"((?:[^"\\]|\\.){0,1000})"`, "g");

function maskOf(match: string, ...groups: unknown[]): string {
  const index = MASKS.findIndex((_, at) => groups[at] !== undefined);
  return MASKS[index] ?? withoutQuotes(match).replace(VARIABLE, maskOf);
}

function withoutQuotes(text: string): string {
  return text.replaceAll('"', "");
}
