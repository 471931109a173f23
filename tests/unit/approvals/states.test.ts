import { describe, expect, it } from "vitest";
import { decided, judged, tokenEndsMs } from "../../../src/approvals/states.ts";
import { covering, subjectOf } from "../../../src/approvals/switches.ts";
import { APPROVAL_STATES } from "../../../src/ports/approvals.ts";
import { approval, asked } from "../../support/approvals.ts";
import { START_MS } from "../../support/clock.ts";
import type { Decision } from "../../../src/ports/approvals.ts";

const MINUTE_MS = 60_000;
const by = (verdict: Decision["verdict"], atMs = START_MS): Decision => ({ by: "okta:kim", roles: [], verdict, atMs });

describe("an approval, judged", () => {
  const ENDS_MS = approval().expiresAtMs;

  it.each(APPROVAL_STATES)(
    "%s: is expired from its time on if it was open, and by nobody's writing (attack 68)",
    (state) => {
      const one = approval({ state });
      const isOpen = state === "requested" || state === "approved";

      expect(judged(one, ENDS_MS - 1).state).toBe(state);
      expect(judged(one, ENDS_MS).state).toBe(isOpen ? "expired" : state);
      expect(judged(one, ENDS_MS + 1)).toEqual(isOpen ? { ...one, state: "expired", endedAtMs: ENDS_MS } : one);
    },
  );
});

describe("a verdict", () => {
  const one = approval();
  const first = approval({ required: 2 });
  const second = approval({ required: 2, decisions: [by("approve")] });

  it.each([
    ["approve, of one", one, by("approve"), "approved"],
    ["approve, as the first of two", first, by("approve"), "requested"],
    ["approve, as the second of two", second, by("approve"), "approved"],
    ["break_glass, alone of two", first, by("break_glass"), "approved"],
    ["reject", one, by("reject"), "rejected"],
    ["reject, after one of two has approved", second, by("reject"), "rejected"],
  ])("%s", (_what, before, decision, state) => {
    expect(decided(before, decision)).toMatchObject({ decision, state });
  });

  it("that is enough begins the token's time, and one that is not leaves the request's", () => {
    const atMs = START_MS + 14 * MINUTE_MS;

    expect(decided(one, by("approve", atMs)).expiresAtMs).toBe(atMs + 15 * MINUTE_MS);
    expect(decided(first, by("approve", atMs)).expiresAtMs).toBe(one.expiresAtMs);
    expect(decided(one, by("reject", atMs))).toMatchObject({ expiresAtMs: one.expiresAtMs, endedAtMs: atMs });
  });

  it("gives a token a quarter of an hour at most, and less where the runbook says so", () => {
    expect(tokenEndsMs({ lifetimeMs: 4 * 60 * MINUTE_MS }, 0)).toBe(15 * MINUTE_MS);
    expect(tokenEndsMs({ lifetimeMs: 5 * MINUTE_MS }, 0)).toBe(5 * MINUTE_MS);
  });
});

describe("kill switches", () => {
  const off = (scope: "all" | "runbook" | "tool" | "cluster", name: string) =>
    ({ scope, name, by: "okta:kim", reason: "r", atMs: 0 }) as const;
  const subject = subjectOf(asked());

  it.each([
    ["everything", off("all", ""), true],
    ["the runbook", off("runbook", "restart"), true],
    ["another runbook", off("runbook", "drain"), false],
    ["the cluster", off("cluster", "prod"), true],
    ["another cluster", off("cluster", "stage"), false],
    ["an action of a step", off("tool", "rollout_restart"), true],
    ["an action of what is done on failure", off("tool", "rollout_undo"), true],
    ["another action", off("tool", "drain"), false],
  ])("%s", (_what, killSwitch, isCovered) => {
    expect(covering([killSwitch], subject)).toEqual(isCovered ? killSwitch : undefined);
  });

  it("name the widest that is off", () => {
    expect(covering([off("runbook", "restart"), off("all", "")], subject)?.scope).toBe("all");
    expect(covering([], subject)).toBeUndefined();
  });
});
