// What a record says of itself, read the quick way and the slow way: never do they disagree, whatever was done to its text.

import { describe, expect, it } from "vitest";
import { link, writeRecord } from "../../../../src/audit/record.ts";
import { faultsOfRow } from "../../../../src/audit/verify/row.ts";
import { saidIn, saidInAny, saidInPlain } from "../../../../src/audit/verify/said.ts";
import { ACTOR, entry } from "../../../support/journal-rows.ts";
import { seeded } from "../../../support/seeded.ts";
import type { Entry } from "../../../../src/audit/record.ts";

const PLACE = { eventId: "e-1", chainId: "0b1c-chain", seq: 17, nowMs: Date.UTC(2026, 0, 15) };
const SAID = { eventId: "e-1", ts: "2026-01-15T00:00:00.000Z", chainId: "0b1c-chain", seq: 17 };
const recordOf = (changes: Partial<Entry> = {}, place = PLACE) => writeRecord(entry(changes), ACTOR, place);
const RECORD = recordOf();

const PARAMS: readonly unknown[] = [
  {},
  { namespace: "shop", limit: 50, ratio: -0.5e-7, dry: true, cursor: null },
  { query: 'sum(rate(x{job="a\\b"}[5m]))', tabs: "\t\r\n\b\f\u0001\u2028\u007f" },
  { value: { omitted: true, bytes: 412 }, labels: ["a", "b", 1], empty: [], nothing: {} },
  { text: "Grüße \u{1F6F0}", half: "\ud83d", key: { seq: 1, ts: "x", chain_id: "y", event_id: "z" } },
  { deep: { deeper: { deepest: [1, { a: [] }] } } },
  ["seq", '"seq":1', { '","chain_id":"': 1 }],
];

describe("a record as it is written", () => {
  it.each(PARAMS.slice(0, 5))("is read the quick way: %j", (params) => {
    expect(saidInPlain(recordOf({ params, count: 3, durationMs: 12 }))).toEqual(SAID);
  });

  it.each(PARAMS)("says the same either way: %j", (params) => {
    const record = recordOf({ params });

    expect(saidInAny(record)).toEqual(SAID);
    expect(saidIn(record)).toEqual(SAID);
  });
});

type Written = readonly [string, string, object | undefined];
const edited = (from: string | RegExp, to: string) => RECORD.replace(from, to);

/** What the quick way has to leave to the slow one, and what that makes of it. */
const ODD: readonly Written[] = [
  ["keys in another order", edited(/("event_id":"e-1"),("ts":"[^"]*")/, "$2,$1"), SAID],
  ["a key twice, the last with another value", edited(/\}$/, ',"seq":18}'), { ...SAID, seq: 18 }],
  ["a key twice, in disguise", edited(/\}$/, String.raw`,"chain\u005fid":"other"}`), { ...SAID, chainId: "other" }],
  ["a key twice, behind white space", edited(/\}$/, ', "ts" :"then"}'), { ...SAID, ts: "then" }],
  ["a key twice, and no text the second time", edited(/\}$/, ',"event_id":null}'), undefined],
  ["an escape in the chain's name", edited('"0b1c', String.raw`"0\u00621c`), SAID],
  [
    "a quote in the chain's name",
    recordOf({}, { ...PLACE, chainId: 'a","seq":1,"b' }),
    { ...SAID, chainId: 'a","seq":1,"b' },
  ],
  ["white space at the end", `${RECORD} `, SAID],
  ["a newline at the end", `${RECORD}\n`, SAID],
  ["white space between", edited(":17,", ": 17,"), SAID],
  ["a place with a fraction of nothing", edited(":17,", ":17.0,"), SAID],
  ["a place with an exponent", edited(":17,", ":1.7e1,"), SAID],
  ["a place below nothing", edited(":17,", ":-17,"), { ...SAID, seq: -17 }],
  ["a place beyond what a number holds", edited(":17,", ":9007199254740993,"), { ...SAID, seq: 9007199254740992 }],
  ["a place without an end", edited(":17,", `:${"9".repeat(400)},`), undefined],
  ["a place that is a text", edited(":17,", ':"17",'), undefined],
  ["a place with a zero before it", edited(":17,", ":017,"), undefined],
  ["no place", edited('"seq":17,', ""), undefined],
  ["no end", RECORD.slice(0, -1), undefined],
  ["something behind its end", `${RECORD}x`, undefined],
  ["something before its beginning", `\ufeff${RECORD}`, undefined],
  ["a comma too many", edited(/\}$/, ",}"), undefined],
  ["a control character in a text", edited("ctx.get", "ctx\u0001get"), undefined],
  ["an escape that is none", edited("ctx.get", String.raw`ctx\xget`), undefined],
  ["half of an escape", edited("ctx.get", String.raw`ctx\u00get`), undefined],
  ["a value that is no JSON", edited(/\}$/, ',"count":NaN}'), undefined],
  ["a list", `[${RECORD}]`, undefined],
  ["nothing", "", undefined],
  ["more than the quick way takes", recordOf({ params: { text: "x".repeat(40_000) } }), SAID],
];

describe("a record of another form", () => {
  it.each(ODD)("is left to the slow way: %s", (_, record, said) => {
    // Numbers beyond the sure ones round alike, so the quick way may take them.
    expect(saidInPlain(record) ?? said).toEqual(said);
    expect(saidIn(record)).toEqual(said);
  });

  it.each(ODD.filter(([, , said]) => said !== SAID))("never passes for a sound one: %s", (_, record) => {
    const row = { ...SAID, prevHash: "p", record, hash: link("p", record) };

    expect(faultsOfRow(row)).toHaveLength(1);
  });

  it("takes neither long nor much memory to refuse", () => {
    const long = edited(/\}$/, `,"params":{"a":"${String.raw`\"`.repeat(10_000)}`);

    expect(saidInPlain(long)).toBeUndefined();
  });
});

/** Pieces that mean something to either of the two ways. */
const PIECES = [
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "\\u005f",
    "\\n",
    "\\u",
    " ",
    "\n",
    "\u0000",
    "\u007f",
    "ü",
    "\ud83d",
    "\u2028",
  ],
  ...[
    '"seq":',
    '"ts":"',
    '"chain_id":"',
    '"event_id":"',
    '"call_id":"',
    '"phase":"',
    '"se\\u0071":1',
    '"__proto__":1',
    '{"a":[',
  ],
  ...[
    "0",
    "1",
    "-",
    ".",
    "e",
    "9007199254740993",
    "true",
    "null",
    "tru",
    '"x"',
    ',"x":1',
    ',"seq":2',
    ',"params":{}',
    "x",
  ],
];

function mutated(below: (bound: number) => number): string {
  const pick = <T>(from: readonly T[]) => from[below(from.length)];
  let text = recordOf({ params: pick(PARAMS), durationMs: below(50), reason: pick([undefined, "no", 'a "b" \\']) });
  for (let left = below(4); left >= 0; left -= 1) {
    // Half of them where the places are, which is where the two ways could part.
    const at = below(below(2) > 0 ? 240 : text.length + 1);
    const gone = pick([0, 0, 1, 1, 3, below(60)]) ?? 0;
    const put = below(10) < 3 ? text.slice(below(text.length + 1), below(text.length + 1)) : (pick(PIECES) ?? "");
    text = text.slice(0, at) + put + text.slice(at + gone);
  }
  return text;
}

it("never says otherwise the quick way, over a hundred thousand changes", () => {
  const below = seeded(2_026);
  let [quick, sound] = [0, 0];
  for (let count = 0; count < 100_000; count += 1) {
    const record = mutated(below);
    const said = saidInPlain(record);
    const known = saidInAny(record);
    if (said) quick += 1;
    if (known) sound += 1;
    if (said && JSON.stringify(said) !== JSON.stringify(known))
      expect({ record, said }).toEqual({ record, said: known });
  }

  // Enough of both kinds for the comparison to mean something.
  expect(quick).toBeGreaterThan(5_000);
  expect(sound - quick).toBeGreaterThan(2_000);
  expect(sound).toBeLessThan(80_000);
}, 60_000);
