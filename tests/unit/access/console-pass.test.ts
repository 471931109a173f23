import { describe, expect, it } from "vitest";
import { PASS_LIFETIME_MS, passes } from "../../../src/access/console-pass.ts";
import { tickets } from "../../../src/access/ticket.ts";
import { toBase64url } from "../../../src/bytes.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import { principal } from "../../support/people.ts";

const SECRET = "a pepper for tests";
const LONG_MS = START_MS + 30 * 86_400_000;

describe("a pass", () => {
  it("names the key and its hours, and holds nothing of the key", () => {
    const { issue, open } = passes({ secret: SECRET, now: fixedClock().now });
    const { text, pass } = issue("abcdefghijklmnop", LONG_MS);

    expect(open(text)).toEqual(pass);
    expect(pass).toEqual({
      keyId: "abcdefghijklmnop",
      issuedAtMs: START_MS,
      expiresAtMs: START_MS + PASS_LIFETIME_MS,
    });
  });

  it.each([
    [LONG_MS, PASS_LIFETIME_MS],
    [START_MS + 60_000, 60_000],
  ])("of a key that ends at %i is good for %i ms, and not for one more", (keyEndsMs, lifetimeMs) => {
    const clock = fixedClock();
    const { issue, open } = passes({ secret: SECRET, now: clock.now });
    const { text } = issue("k", keyEndsMs);

    clock.advance(lifetimeMs - 1);
    expect(open(text)).toBeDefined();
    clock.advance(1);
    expect(open(text)).toBeUndefined();
  });

  it("that was made up, changed, signed by another deployment or for another purpose is none (attack 74)", () => {
    const { now } = fixedClock();
    const { issue, open, csrf } = passes({ secret: SECRET, now });
    const { text } = issue("k", LONG_MS);
    const [payload = "", signature = ""] = text.split(".");
    const other = toBase64url(JSON.stringify({ keyId: "other", issuedAtMs: 0, expiresAtMs: LONG_MS }));
    const ticket = tickets({ secret: SECRET, now }).seal({
      sessionId: "00000000-0000-4000-8000-000000000001",
      verified: { principal: principal(), verifiedAtMs: 1 },
    });

    const forged = [
      "",
      "x",
      payload,
      `${payload}.`,
      `${payload}.${signature}.`,
      `${other}.${signature}`,
      `${payload}.${csrf(payload)}`,
      passes({ secret: "another pepper", now }).issue("k", LONG_MS).text,
      ticket,
      "x".repeat(10_000),
    ];
    expect(forged.map((one) => open(one))).toEqual(forged.map(() => undefined));
  });
});

describe("what a page sends along", () => {
  it("is its subject's own, and the deployment's", () => {
    const [one, other] = [SECRET, "another pepper"].map((secret) => passes({ secret, now: fixedClock().now }));

    expect(one?.csrf("a")).toBe(one?.csrf("a"));
    expect(one?.csrf("a")).not.toBe(one?.csrf("b"));
    expect(one?.csrf("a")).not.toBe(other?.csrf("a"));
  });
});
