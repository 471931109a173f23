// Whether two texts are the same, in a time that tells nothing of where they differ.

import { timingSafeEqual } from "node:crypto";

export function isSameText(given: string, wanted: string): boolean {
  const encoder = new TextEncoder();
  const [one, other] = [encoder.encode(given), encoder.encode(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
