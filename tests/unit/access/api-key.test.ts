import { describe, expect, it } from "vitest";
import { admit, hasSecret, hmacOfSecret, mintApiKey, parseApiKey } from "../../../src/access/api-key.ts";
import { EXPIRES_AT_MS, keyRecord } from "../../support/people.ts";

const KEY = `ghk_abcdefghijklmnop_${"A".repeat(43)}`;

describe("parseApiKey", () => {
  it("tells the id from the secret", () => {
    expect(parseApiKey(KEY)).toEqual({ keyId: "abcdefghijklmnop", secret: "A".repeat(43) });
  });

  it.each([
    "",
    "ghk_",
    `${KEY}A`,
    KEY.slice(0, -1),
    ` ${KEY}`,
    `${KEY}\n`,
    KEY.toUpperCase(),
    KEY.replace("ghk", "sk"),
    KEY.replace("a", "-"),
  ])("does not take anything else: %j", (text) => {
    expect(parseApiKey(text)).toBeUndefined();
  });
});

describe("mintApiKey", () => {
  const counting = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => index * 7);

  it("makes a key that its parts open, and keeps no more of it than its HMAC", () => {
    const { keyId, text, secretHmac } = mintApiKey(counting, "pepper");

    const parsed = parseApiKey(text);
    expect(parsed?.keyId).toBe(keyId);
    expect(secretHmac).toBe(hmacOfSecret(parsed?.secret ?? "", "pepper"));
    expect(secretHmac).not.toContain(parsed?.secret);
  });

  it("takes all its chance from what it is given: 16 bytes for the id and 32 for the secret", () => {
    const asked: number[] = [];
    const random = (bytes: number) => {
      asked.push(bytes);
      return new Uint8Array(bytes).fill(255);
    };

    expect(mintApiKey(random, "pepper").text).toBe(`ghk_${"7".repeat(16)}_${"_".repeat(42)}8`);
    expect(asked).toEqual([16, 32]);
  });
});

describe("hasSecret", () => {
  const record = keyRecord({ secretHmac: hmacOfSecret("right", "pepper") });

  it.each([
    ["the right secret under the right pepper", hmacOfSecret("right", "pepper"), true],
    ["a wrong secret", hmacOfSecret("wrong", "pepper"), false],
    ["another pepper", hmacOfSecret("right", "salt"), false],
    ["nothing", "", false],
    ["something that is no hex", "zz".repeat(32), false],
    ["a shorter hash", hmacOfSecret("right", "pepper").slice(0, 32), false],
  ])("of %s: %s → %s (attack 10)", (_what, hmac, expected) => {
    expect(hasSecret(record, hmac)).toBe(expected);
  });

  it("is never true of a row that holds no hash", () => {
    expect(hasSecret(keyRecord({ secretHmac: "" }), hmacOfSecret("", "pepper"))).toBe(false);
  });
});

describe("admit", () => {
  it("answers who the key stands for", () => {
    expect(admit(keyRecord({ onBehalfOf: "mira@example.com", owner: "noor@example.com" }), EXPIRES_AT_MS - 1)).toEqual({
      ok: true,
      value: {
        id: "agent:atlas",
        kind: "agent",
        roles: ["observer"],
        credential: { kind: "key", id: "abcdefghijklmnop" },
        expiresAtMs: EXPIRES_AT_MS,
        onBehalfOf: "mira@example.com",
        owner: "noor@example.com",
      },
    });
  });

  it.each([
    ["unknown", undefined, 0, "unauthenticated"],
    ["revoked", keyRecord({ revokedAtMs: 5 }), 10, "unauthenticated"],
    ["revoked and expired", keyRecord({ revokedAtMs: 5 }), EXPIRES_AT_MS, "unauthenticated"],
    ["expired at this very moment", keyRecord(), EXPIRES_AT_MS, "token_expired"],
  ])("refuses a key that is %s", (_what, record, nowMs, kind) => {
    expect(admit(record, nowMs)).toEqual({ ok: false, error: { kind } });
  });
});
