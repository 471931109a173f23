// Pod templates: which are the same, and the hash that tells their pods apart.
import { isMembers, isSame, membersOf } from "../json.ts";

import type { Members } from "../json.ts";

export const HASH_LABEL = "pod-template-hash";

/** The letters and digits of Kubernetes' own random names: no vowels, so no words. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

export function suffix(random: () => number): string {
  return Array.from({ length: 5 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join("");
}

/** The same template always has the same; another one, another. Not the number that Kubernetes would make of it. */
export function hashOf(template: unknown): string {
  let state = 0x811c9dc5;
  for (const char of JSON.stringify(bare(template))) {
    state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return Array.from(String(state >>> 0), (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join("");
}

/** What tells the pods apart is no difference between templates, and neither is what says nothing. */
export function isSameTemplate(one: unknown, other: unknown): boolean {
  return isSame(bare(one), bare(other));
}

export function labelled(template: unknown, labels: Members): Members {
  const { metadata, ...rest } = membersOf(template);
  return {
    metadata: { ...membersOf(metadata), labels: { ...membersOf(membersOf(metadata).labels), ...labels } },
    ...rest,
  };
}

function bare(template: unknown): Members {
  const { metadata, ...rest } = membersOf(template);
  const { labels, ...others } = membersOf(metadata);
  const kept = Object.entries(membersOf(labels)).filter(([name]) => name !== HASH_LABEL);
  const saying = Object.entries(others).filter(([, value]) => !isNothing(value));
  return { metadata: { labels: Object.fromEntries(kept), ...Object.fromEntries(saying) }, ...rest };
}

function isNothing(value: unknown): boolean {
  return value === null || (isMembers(value) && Object.keys(value).length === 0);
}
