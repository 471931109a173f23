// Which keys are listed, and in which order.

import { describe, expect, it } from "vitest";
import { countByState, soughtKeys } from "../../src/keys/sought.ts";
import { faultOfDays, isSoon, sayIn } from "../../src/keys/words.ts";
import { bodyOf, faultsOf, NO_WISH } from "../../src/keys/wish.ts";
import type { KeyEntry } from "../../src/keys/api.ts";

const DAY_MS = 86_400_000;
const AT = Date.parse("2026-03-12T14:00:00Z");

function key(id: string, changed: Partial<KeyEntry> = {}): KeyEntry {
  return {
    id,
    principal: `agent/${id}`,
    kind: "agent",
    roles: ["observer"],
    created_at: new Date(AT).toISOString(),
    expires_at: new Date(AT + DAY_MS).toISOString(),
    state: "active",
    mine: { may_change: true },
    ...changed,
  };
}

const at = (days: number) => new Date(AT + days * DAY_MS).toISOString();
const KEYS = [
  key("late", { expires_at: at(9) }),
  key("old", { state: "expired", expires_at: at(-9) }),
  key("soon", { expires_at: at(1), owner: "access:Lead@example.com" }),
  key("gone", { state: "revoked", expires_at: at(30), revoked_at: at(-1) }),
];
const ids = (filter: Parameters<typeof soughtKeys>[1]) => soughtKeys(KEYS, filter).map(({ id }) => id);

describe("the keys that are listed", () => {
  it.each([
    ["active", ["soon", "late"]],
    ["revoked", ["gone"]],
    ["all", ["soon", "late", "gone", "old"]],
  ] as const)("of %s: %j", (state, listed) => {
    expect(ids({ words: "", state })).toEqual(listed);
  });

  it("have every word somewhere, whatever its case", () => {
    expect(ids({ words: "lead OBSERVER", state: "all" })).toEqual(["soon"]);
    expect(ids({ words: "lead nobody", state: "all" })).toEqual([]);
    expect(countByState(KEYS)).toEqual({ active: 2, expired: 1, revoked: 1, all: 4 });
  });
});

describe("a key's end", () => {
  it.each([
    [23.5 * DAY_MS, "in 23 days"],
    [1.5 * DAY_MS, "in 36 h"],
    [59 * 60_000, "in 59 min"],
    [-1, "in 0 min"],
  ])("in %d ms is %s", (ms, words) => {
    expect(sayIn(ms)).toBe(words);
  });

  it("is soon within a week", () => {
    expect([8 * DAY_MS, 7 * DAY_MS, 0].map(isSoon)).toEqual([false, true, false]);
  });

  it.each(["", "0", "366", "1.5", "-1", "1e2", "ninety"])("may not be after %j days", (typed) => {
    expect(faultOfDays(typed)).toBe("Say for how many days, from 1 to 365.");
  });
});

describe("what is asked for a new key", () => {
  it("lacks a holder, roles and days until they are there", () => {
    expect(Object.keys(faultsOf({ ...NO_WISH, principal: " ", days: "x" }))).toEqual(["principal", "roles", "days"]);
    expect(faultsOf({ ...NO_WISH, principal: "a", roles: ["observer"] })).toEqual({});
  });

  it("says nothing of what was left empty", () => {
    const body = bodyOf({ ...NO_WISH, principal: " a ", roles: ["observer"], note: " ", owner: " me " });

    expect(JSON.parse(JSON.stringify(body))).toEqual({
      principal: "a",
      kind: "agent",
      roles: ["observer"],
      expires_in_days: 90,
      owner: "me",
    });
  });
});
