// Bytes as they come, cut into lines: characters may be split between two chunks, and a line may be longer than any memory.
import { MAX_READ_LENGTH } from "./limits.ts";

export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** The last line, when it has no line break. It is whole only where nobody cut the stream. */
  end(): string;
}

/** Of a line that is too long only its beginning is kept. */
export function lineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new TextDecoder();
  let rest = "";

  const push = (text: string) => {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      const line = text.slice(from, Math.min(end, from + MAX_READ_LENGTH));
      onLine(rest === "" ? line : (rest + line).slice(0, MAX_READ_LENGTH));
      rest = "";
      from = end + 1;
    }
    if (rest.length < MAX_READ_LENGTH) rest += text.slice(from, from + MAX_READ_LENGTH);
  };

  return {
    push: (chunk) => push(decoder.decode(chunk, { stream: true })),
    end() {
      push(decoder.decode());
      return rest.slice(0, MAX_READ_LENGTH);
    },
  };
}
