// The attacks on the door and the envelope that this project answers for, by number: each is cited by the tests that try it.

import { describe, expect, it } from "vitest";
import { filesIn, textOf } from "../support/source-files.ts";

/**
 * 1–3 no credential · 4–8 tokens and their issuers' keys · 9–13 keys, tickets and where credentials stand · 14 origins ·
 * 15–16 Cloudflare Access · 17–18 what ends while a session is open · 19–20 permissions · 21–22 somebody else's things ·
 * 23–29 names, keys, batches and ids in messages · 35, 37 what is written down · 48–51 limits and quotas · 54–61 the audit log
 * through outages, crashes and tampering · 62–63 the hop to a proxy · 64–70 approvals · 71–72 runs · 74 the console ·
 * 75 who reads the audit log · 78 headers.
 */
const ATTACKS = [
  ...Array.from({ length: 29 }, (_, index) => index + 1),
  35,
  37,
  48,
  49,
  50,
  51,
  54,
  55,
  56,
  57,
  58,
  59,
  60,
  61,
  62,
  63,
  64,
  65,
  66,
  67,
  68,
  69,
  70,
  71,
  72,
  74,
  75,
  78,
];

/** Of which no test speaks yet. It only ever becomes shorter. */
const NOT_YET_CITED: readonly number[] = [];

const cited = new Set(
  ["tests/unit", "tests/protocol", "tests/workerd", "tests/contract", "tests/e2e", "k8s-proxy/tests"]
    .flatMap((folder) => filesIn(folder))
    .filter((path) => /\.(test|suite)\.ts$/.test(path))
    .flatMap((path) => [...textOf(path).matchAll(/\(attack (\d+)\)/g)].map(([, number]) => Number(number))),
);

describe("the attacks", () => {
  it.each(ATTACKS.filter((number) => !NOT_YET_CITED.includes(number)))("number %i is tried by a test", (number) => {
    expect(cited.has(number)).toBe(true);
  });

  it.each([...NOT_YET_CITED])("number %i is still to be tried, and no test says that it was", (number) => {
    expect(cited.has(number)).toBe(false);
  });

  it("that tests cite are all on the list", () => {
    expect([...cited].filter((number) => !ATTACKS.includes(number))).toEqual([]);
  });
});
