// JSON with its lines broken and indented, and nothing else about it changed: no digit of a long number is lost.

const INDENT = "  ";

/** For what is JSON; of anything else nothing sensible. */
export function indent(json: string): string {
  let depth = 0;
  let out = "";
  for (const token of json.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/gs) ?? []) {
    if (token === "}" || token === "]") {
      depth--;
      // An empty one stays on its line.
      out = /[[{]\n *$/.test(out) ? out.trimEnd() + token : out + line(depth) + token;
    } else if (token === "{" || token === "[") out += token + line(++depth);
    else if (token === ",") out += token + line(depth);
    else out += token === ":" ? ": " : token;
  }
  return out;
}

function line(depth: number): string {
  return `\n${INDENT.repeat(Math.max(0, depth))}`;
}
