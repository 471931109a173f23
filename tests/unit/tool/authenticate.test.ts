// A credential at the door: what it proves, and how often Postgres is asked about it.

import { describe, expect, it } from "vitest";
import { hmacOfSecret } from "../../../src/access/api-key.ts";
import { memoryKeyDirectory } from "../../../src/adapters/memory/key-directory.ts";
import { err } from "../../../src/result.ts";
import { Authenticator } from "../../../src/tool/authenticate.ts";
import { RECHECK_AFTER_MS } from "../../../src/tool/standing.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import { KEY_ID, keyRecord } from "../../support/people.ts";
import type { KeyDirectory, KeyRecord } from "../../../src/ports/key-directory.ts";

const PEPPER = "p".repeat(32);
const SECRET = "s".repeat(43);
const CREDENTIAL = `ghk_${KEY_ID}_${SECRET}`;

function door(changes: Partial<KeyRecord> = {}) {
  const clock = fixedClock();
  const directory = memoryKeyDirectory(clock.now);
  const put = (more: Partial<KeyRecord>) =>
    directory.put(keyRecord({ secretHmac: hmacOfSecret(SECRET, PEPPER), ...changes, ...more }));
  put({});
  const asked: string[] = [];
  const keys: KeyDirectory = {
    find: (keyId, signal) => {
      asked.push(keyId);
      return directory.find(keyId, signal);
    },
  };
  return { clock, put, asked, authenticator: new Authenticator({ keys, pepper: PEPPER, now: clock.now }) };
}

describe("a credential", () => {
  it("proves the principal of its key, as of the moment it was looked up", async () => {
    const { authenticator } = door();

    expect(await authenticator.authenticate(CREDENTIAL)).toMatchObject({
      ok: true,
      value: { principal: { id: "agent:atlas", credential: { kind: "key", id: KEY_ID } }, verifiedAtMs: START_MS },
    });
  });

  it.each([
    ["is no key at all", "let-me-in", 0],
    ["has another secret", `ghk_${KEY_ID}_${"x".repeat(43)}`, 1],
    ["has an id that nobody has", `ghk_${"z".repeat(16)}_${SECRET}`, 1],
  ])("that %s proves nothing", async (_what, credential, lookUps) => {
    const { authenticator, asked } = door();

    expect(await authenticator.authenticate(credential)).toEqual(err({ kind: "unauthenticated" }));
    expect(asked).toHaveLength(lookUps);
  });

  it("of a revoked key proves nothing", async () => {
    const { authenticator } = door({ revokedAtMs: START_MS });

    expect(await authenticator.authenticate(CREDENTIAL)).toEqual(err({ kind: "unauthenticated" }));
  });

  it("that has expired says so, also while it is remembered", async () => {
    const { authenticator, clock } = door({ expiresAtMs: START_MS + 10_000 });
    await authenticator.authenticate(CREDENTIAL);

    clock.advance(10_000);

    expect(await authenticator.authenticate(CREDENTIAL)).toEqual(err({ kind: "token_expired" }));
  });
});

describe("a key that was found", () => {
  it("is remembered for thirty seconds, and vouches from its look-up on, not from the connection", async () => {
    const { authenticator, clock, asked } = door();
    await authenticator.authenticate(CREDENTIAL);

    clock.advance(29_999);
    const remembered = await authenticator.authenticate(CREDENTIAL);
    clock.advance(1);
    const asksAnew = await authenticator.authenticate(CREDENTIAL);

    expect(remembered).toMatchObject({ value: { verifiedAtMs: START_MS } });
    expect(asksAnew).toMatchObject({ value: { verifiedAtMs: START_MS + 30_000 } });
    expect(asked).toHaveLength(2);
  });

  it("is refused thirty seconds after it was revoked, at the latest", async () => {
    const { authenticator, clock, put } = door();
    await authenticator.authenticate(CREDENTIAL);
    put({ revokedAtMs: START_MS + 1 });

    clock.advance(30_000);

    expect(await authenticator.authenticate(CREDENTIAL)).toEqual(err({ kind: "unauthenticated" }));
  });

  it("still needs its own secret", async () => {
    const { authenticator, asked } = door();
    await authenticator.authenticate(CREDENTIAL);

    const guess = await authenticator.authenticate(`ghk_${KEY_ID}_${"x".repeat(43)}`);

    expect(guess).toEqual(err({ kind: "unauthenticated" }));
    expect(asked).toHaveLength(1);
  });

  it("is asked for again when the clock has stepped back", async () => {
    const { authenticator, clock, asked } = door();
    await authenticator.authenticate(CREDENTIAL);

    clock.advance(-1);
    await authenticator.authenticate(CREDENTIAL);

    expect(asked).toHaveLength(2);
  });
});

it("an id that was not found is looked up each time: there is nothing to fill with inventions", async () => {
  const { authenticator, asked } = door();
  const unknown = `ghk_${"z".repeat(16)}_${SECRET}`;

  for (let attempt = 0; attempt < 3; attempt++) await authenticator.authenticate(unknown);

  expect(asked).toHaveLength(3);
});

it("a directory that is away is named, and not taken for a wrong key", async () => {
  const down = { kind: "upstream_unavailable", upstream: "postgres", message: "away" } as const;
  const keys: KeyDirectory = { find: () => Promise.resolve(err(down)) };
  const authenticator = new Authenticator({ keys, pepper: PEPPER, now: () => START_MS });

  expect(await authenticator.authenticate(CREDENTIAL)).toEqual(err(down));
});

describe("a key that was shown before", () => {
  it("still stands, stands no more, or never was", async () => {
    const { authenticator, put, clock } = door();
    expect(await authenticator.confirm(KEY_ID)).toMatchObject({ value: { principal: { id: "agent:atlas" } } });

    put({ revokedAtMs: START_MS });
    clock.advance(RECHECK_AFTER_MS);

    expect(await authenticator.confirm(KEY_ID)).toEqual(err({ kind: "unauthenticated" }));
    expect(await authenticator.confirm("z".repeat(16))).toEqual(err({ kind: "unauthenticated" }));
  });
});
