import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { TICKET_LIFETIME_MS, tickets } from "../../../src/access/ticket.ts";
import { err } from "../../../src/result.ts";
import { fixedClock, START_MS, uuidOf } from "../../support/clock.ts";
import { principal } from "../../support/people.ts";

const ORIGIN = "https://console.example";
const STATEMENT = {
  sessionId: uuidOf(1),
  verified: { principal: { ...principal(), onBehalfOf: "Jürgen 🛰" }, verifiedAtMs: 1 },
  origin: ORIGIN,
};

function made(secret = "p".repeat(32)) {
  const clock = fixedClock();
  return { clock, ...tickets({ secret, now: clock.now }) };
}

describe("a ticket", () => {
  it("says who may open which session, from where and until when", () => {
    const { seal, open } = made();

    expect(open(seal(STATEMENT), ORIGIN)).toEqual({
      ok: true,
      value: { ...STATEMENT, expiresAtMs: START_MS + TICKET_LIFETIME_MS },
    });
  });

  it("can stand in a header and in an address as it is", () => {
    expect(made().seal(STATEMENT)).toMatch(/^[\w-]+\.[\w-]{43}$/);
  });

  it("is good for thirty seconds (attack 12)", () => {
    const { seal, open, clock } = made();
    const ticket = seal(STATEMENT);

    clock.advance(29_999);
    expect(open(ticket, ORIGIN).ok).toBe(true);
    clock.advance(1);
    expect(open(ticket, ORIGIN)).toEqual(err({ kind: "ticket_expired" }));
  });

  it.each([
    [ORIGIN, "https://evil.example"],
    [ORIGIN, undefined],
    [undefined, ORIGIN],
    [ORIGIN, `${ORIGIN}.evil.example`],
  ])("that was given to %s is of no use to %s (attack 12)", (given, used) => {
    const { seal, open } = made();
    const { origin: _, ...rest } = STATEMENT;

    const ticket = seal(given === undefined ? rest : { ...rest, origin: given });

    expect(open(ticket, used)).toEqual(err({ kind: "other_origin" }));
    expect(open(ticket, given).ok).toBe(true);
  });

  it("cannot be made to say something else, such as another principal (attack 12)", () => {
    const { seal, open } = made();
    const [, signature = ""] = seal(STATEMENT).split(".");
    const other = { ...STATEMENT, verified: { ...STATEMENT.verified, principal: { ...principal(), id: "root" } } };
    const payload = Buffer.from(JSON.stringify({ ...other, expiresAtMs: Infinity })).toString("base64url");

    expect(open(`${payload}.${signature}`, ORIGIN)).toEqual(err({ kind: "forged" }));
  });

  it("of another deployment is none", () => {
    expect(made().open(made("q".repeat(32)).seal(STATEMENT), ORIGIN)).toEqual(err({ kind: "forged" }));
  });

  it.each(["", ".", "a.b", `${"x".repeat(5_000)}.${"y".repeat(43)}`, `ghk_${"a".repeat(16)}_${"b".repeat(43)}`])(
    "is not %j",
    (text) => {
      expect(made().open(text, ORIGIN)).toEqual(err({ kind: "forged" }));
    },
  );
});
