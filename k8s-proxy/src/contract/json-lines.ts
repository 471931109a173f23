// NDJSON as it comes: one JSON value a line, read by both sides, and no line longer than its reader allows.

export type JsonLine = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** What is not JSON, or too long, is told once, and nothing is read behind it. A last line without its end is dropped: it was cut. */
export async function* jsonLines(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<JsonLine> {
  const decoder = new TextDecoder();
  let rest: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      size += end - from;
      if (size > maxBytes) return yield { ok: false };
      const text = [...rest, chunk.subarray(from, end)].map((part) => decoder.decode(part, { stream: true })).join("");
      [rest, size, from] = [[], 0, end + 1];
      if (text.trim() === "") continue;
      const line = parsed(text);
      yield line;
      if (!line.ok) return;
    }
    rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > maxBytes) return yield { ok: false };
  }
}

const NEWLINE = 10;

function parsed(text: string): JsonLine {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
