// vitest's matchers with an honest type: `expect` itself calls them `any`.

import { expect } from "vitest";

export function containing(text: string): unknown {
  return expect.stringContaining(text);
}

export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
