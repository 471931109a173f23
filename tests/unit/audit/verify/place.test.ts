// The order in which everything is read has to be PostgreSQL's own.

import { expect, it } from "vitest";
import { compareBytewise } from "../../../../src/audit/verify/place.ts";

it("texts compare as the bytes of their UTF-8 do", () => {
  const texts = ["", "a", "a\u0000", "aa", "ab", "b", "é", "\uE000", "\uFFFD", "\u{10000}", "\u{1F6F0}x", "\u{1F6F0}"];
  const pairs = texts.flatMap((a) => texts.map((b) => [a, b] as const));

  const wrong = pairs.filter(
    ([a, b]) => Math.sign(compareBytewise(a, b)) !== Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );

  expect(wrong).toEqual([]);
});
