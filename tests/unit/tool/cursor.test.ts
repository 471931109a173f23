import { describe, expect, it } from "vitest";
import { cursors } from "../../../src/tool/cursor.ts";
import { fixedClock } from "../../support/clock.ts";

const SECRET = "a pepper that is long enough for tests";
const QUESTION = { tool: "k8s.list_pods", principalId: "agent:atlas", args: { namespace: "shop", limit: 5 } };

function sealed() {
  const clock = fixedClock();
  const one = cursors({ secret: SECRET, now: clock.now });
  return { clock, one, cursor: one.seal("position", QUESTION) };
}

describe("a cursor", () => {
  it("opens for the very question it was sealed for, however its arguments are ordered", () => {
    const { one, cursor } = sealed();

    const reordered = { ...QUESTION, args: { limit: 5, namespace: "shop", label_selector: undefined } };

    expect(one.open(cursor, QUESTION)).toEqual({ ok: true, value: "position" });
    expect(one.open(cursor, reordered)).toEqual({ ok: true, value: "position" });
  });

  it.each([
    ["another tool", { tool: "k8s.list_events" }],
    ["another principal", { principalId: "agent:other" }],
    ["another namespace", { args: { namespace: "payments", limit: 5 } }],
    ["one argument more", { args: { ...QUESTION.args, label_selector: "app=web" } }],
    ["one argument less", { args: { namespace: "shop" } }],
  ])("is refused for %s (attack 21)", (_what, change) => {
    const { one, cursor } = sealed();

    expect(one.open(cursor, { ...QUESTION, ...change })).toMatchObject({
      ok: false,
      error: { kind: "cursor_expired" },
    });
  });

  it("is refused when a character of it was changed", () => {
    const { one, cursor } = sealed();

    const changed = Array.from({ length: cursor.length }, (_, index) => {
      const other = cursor[index] === "A" ? "B" : "A";
      return cursor.slice(0, index) + other + cursor.slice(index + 1);
    });

    // The last character of base64url carries bits that are not there.
    const opened = changed.slice(0, -1).filter((one_) => one.open(one_, QUESTION).ok);
    expect(opened).toEqual([]);
  });

  it.each(["", ".", "a.b", "a", "..", "%", "💥.💥", "a.b.c", `a.${"é".repeat(43)}`])(
    "is refused when it is %j",
    (text) => {
      expect(sealed().one.open(text, QUESTION)).toMatchObject({ ok: false, error: { kind: "cursor_expired" } });
    },
  );

  it("is refused with anything behind it", () => {
    const { one, cursor } = sealed();

    expect(one.open(`${cursor}.more`, QUESTION).ok).toBe(false);
  });

  it("lives five minutes and not a millisecond longer", () => {
    const { clock, one, cursor } = sealed();

    clock.advance(5 * 60_000 - 1);
    expect(one.open(cursor, QUESTION).ok).toBe(true);

    clock.advance(1);
    expect(one.open(cursor, QUESTION)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("five minutes") },
    });
  });

  it("of another deployment is refused", () => {
    const { clock, cursor } = sealed();

    const other = cursors({ secret: `${SECRET}!`, now: clock.now });

    expect(other.open(cursor, QUESTION).ok).toBe(false);
  });
});
