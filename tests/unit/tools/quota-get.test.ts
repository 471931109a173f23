import { describe, expect, it } from "vitest";
import { Quotas } from "../../../src/access/quotas.ts";
import { memoryQuotaStore } from "../../../src/adapters/memory/quota-store.ts";
import { err } from "../../../src/result.ts";
import { world } from "../../support/world.ts";

const DOWN = { kind: "upstream_unavailable", upstream: "quota", message: "secret words" } as const;

describe("quota.get", () => {
  it("tells per window what is used, what is left and until when", async () => {
    const { call } = world({ quotas: Quotas.parse({ default: { minute: 20, hour: 50, day: 100 } }) });
    await call("ctx.list");
    await call("ctx.list");

    // The second lease was for two, of which one is still in hand: it counts as used.
    expect(await call("quota.get")).toMatchObject({
      result: {
        minute: { limit: 20, used: 3, left: 17, resets_at: "2026-01-15T12:01:00.000Z" },
        hour: { limit: 50, used: 3, left: 47, resets_at: "2026-01-15T13:00:00.000Z" },
        day: { limit: 100, used: 3, left: 97, resets_at: "2026-01-16T00:00:00.000Z" },
      },
    });
  });

  it("costs nothing, and works when nothing is left", async () => {
    const { call } = world({ quotas: Quotas.parse({ default: { minute: 20 } }) });
    for (let count = 0; count < 25; count++) await call("ctx.list");

    const [first, second] = [await call("quota.get"), await call("quota.get")];

    expect(first).toMatchObject({ result: { minute: { used: 20, left: 0 } } });
    expect(second).toEqual(first);
  });

  it.each([
    [["agent"], { "quota.get": 0 }],
    [["observer"], { "k8s.diagnose": 3, "logs.patterns": 5, "logs.search": 5, "prom.query_range": 5, "quota.get": 0 }],
  ])("names what tools cost, of those that %j may call", async (roles, costs) => {
    const { call } = world({ roles });

    expect(await call("quota.get")).toHaveProperty("result.costs", costs);
  });

  it("is for no one without a credential", async () => {
    const { call } = world({ isAnonymous: true });

    expect(await call("quota.get")).toMatchObject({ error: { code: 40100 } });
  });

  it("says in its own words when the count cannot be reached", async () => {
    const quotaStore = { ...memoryQuotaStore(() => 0), spent: () => Promise.resolve(err(DOWN)) };
    const { call } = world({ quotaStore });

    const reply = await call("quota.get");

    expect(reply).toMatchObject({ error: { code: 50300, data: { upstream: "quota" } } });
    expect(JSON.stringify(reply)).not.toContain("secret words");
  });
});
