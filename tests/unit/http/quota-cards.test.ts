// What principals have spent, of whom the audit log knows nothing but the name.

import { describe, expect, it } from "vitest";
import { createPolicy } from "../../../src/access/policy.ts";
import { Quotas } from "../../../src/access/quotas.ts";
import { memoryKeyAdmin } from "../../../src/adapters/memory/key-admin.ts";
import { memoryQuotaStore } from "../../../src/adapters/memory/quota-store.ts";
import { quotasByName } from "../../../src/http/console/quota-cards.ts";
import { err } from "../../../src/result.ts";
import { quotaUse } from "../../../src/tool/quota-use.ts";
import { START_MS } from "../../support/clock.ts";
import type { QuotasAsked } from "../../../src/http/console/quota-cards.ts";
import type { QuotaStore } from "../../../src/ports/quota-store.ts";

const { signal } = new AbortController();
const DOWN = { kind: "upstream_unavailable", upstream: "postgres", message: "down" } as const;
const EVERYWHERE = [{ clusters: ["*"], namespaces: ["*"] }];
const quotas = Quotas.parse({ default: { minute: 9_999, hour: 9_999, day: 2_000 }, roles: { busy: { day: 8_000 } } });
const policy = createPolicy({ busy: { grants: [] }, observer: { grants: [] } }, quotas);

/** The holders `atlas` (observer) and `hermes` (busy), each of whom has spent 500 today. */
async function office(changes: Partial<QuotaStore> = {}) {
  const keys = memoryKeyAdmin(() => START_MS);
  const store = memoryQuotaStore(() => START_MS);
  for (const [principalId, role] of [
    ["agent:atlas", "observer"],
    ["agent:hermes", "busy"],
  ] as const) {
    const holder = { principalId, kind: "agent" as const, roles: [role], onBehalfOf: undefined, owner: undefined };
    const made = { keyId: role, secretHmac: "", days: 1, madeBy: ["kim"] };
    await keys.create({ ...made, holder: { ...holder, note: undefined } }, signal);
    await store.lease(principalId, { least: 500, most: 500, limits: { minute: 9_999, hour: 9_999, day: 9_999 } });
  }
  const sight = { principalId: "human:kim", scopes: EVERYWHERE };
  const visitor = { id: "human:kim", roles: ["observer"] };
  const asked: QuotasAsked = { keys, quotaUse: quotaUse({ ...store, ...changes }, policy), sight, visitor, signal };
  return { keys, asked };
}

describe("quotas by name", () => {
  it("are those of the roles of the keys that each holds, in the window that is fullest", async () => {
    const { asked } = await office();

    const told = await quotasByName(["agent:hermes", "agent:atlas"], asked);

    expect([...told]).toEqual([
      ["agent:hermes", { limit: 8_000, used: 500, period: "day", resets_at: "2026-01-16T00:00:00.000Z" }],
      ["agent:atlas", { limit: 2_000, used: 500, period: "day", resets_at: "2026-01-16T00:00:00.000Z" }],
    ]);
  });

  it("are told to be unknown of whoever holds no key that works", async () => {
    const { keys, asked } = await office();
    await keys.revoke("busy", signal);

    const told = await quotasByName(["agent:hermes", "okta:mia", "agent:atlas"], asked);

    expect([told.get("agent:hermes"), told.get("okta:mia")]).toEqual(["no_key", "no_key"]);
    expect(told.get("agent:atlas")).toMatchObject({ used: 500 });
  });

  it("know the roles of whoever looks, with or without a key", async () => {
    const { asked } = await office();

    expect((await quotasByName(["human:kim"], asked)).get("human:kim")).toMatchObject({ used: 0 });
  });

  it("are told of nobody else to whoever does not see everything", async () => {
    const { asked } = await office();
    const sight = { principalId: "human:kim", scopes: [{ clusters: ["*"], namespaces: ["shop"] }] };

    const told = await quotasByName(["agent:atlas", "human:kim"], { ...asked, sight });

    expect([...told.keys()]).toEqual(["human:kim"]);
  });

  it("are called out of reach where the counting does not answer, each by itself", async () => {
    const store = memoryQuotaStore(() => START_MS);
    const spent = (id: string) => (id === "agent:atlas" ? store.spent(id) : Promise.resolve(err(DOWN)));
    const { asked } = await office({ spent });

    const told = await quotasByName(["agent:atlas", "agent:hermes"], asked);

    expect(told.get("agent:atlas")).toMatchObject({ used: 0 });
    expect(told.get("agent:hermes")).toBe("not_reached");
  });

  it("are called out of reach where the keys cannot be read, but for one's own", async () => {
    const { asked } = await office();
    const keys = { rolesOf: () => Promise.resolve(err(DOWN)) };

    const told = await quotasByName(["agent:atlas", "human:kim"], { ...asked, keys });

    expect(told.get("agent:atlas")).toBe("not_reached");
    expect(told.get("human:kim")).toMatchObject({ used: 0 });
  });

  it("wait for no keys that are never answered", async () => {
    const { asked } = await office();
    const gone = new AbortController();
    const keys = {
      rolesOf: () => {
        gone.abort();
        return new Promise<never>(() => undefined);
      },
    };

    const told = await quotasByName(["agent:atlas"], { ...asked, keys, signal: gone.signal });

    expect(told.get("agent:atlas")).toBe("not_reached");
  });

  it("of nobody ask nobody", async () => {
    const { asked } = await office();
    const keys = { rolesOf: () => Promise.reject(new Error("it was asked")) };

    expect(await quotasByName([], { ...asked, keys })).toEqual(new Map());
  });
});
