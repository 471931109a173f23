// GET /ready as a balancer and a person read it: one cluster of several is no reason to send nobody here.

import { describe, expect, it } from "vitest";
import { Health } from "../../../src/http/console/contract/usage.ts";
import { ready } from "../../../src/http/ready.ts";
import { START_MS } from "../../support/clock.ts";
import type { Checked } from "../../../src/ports/health.ts";

const TOKEN = "the token of whoever watches, thirty-two characters";

type Down = "redis" | "postgres" | "postgres reader" | "prod" | "stage";

function checksWithout(down: readonly Down[], names: readonly Down[] = ALL): readonly Checked[] {
  return names.map((name) => ({
    name,
    kind: KINDS[name],
    isOptional: name === "postgres reader" || name === "redis" ? true : undefined,
    ok: !down.includes(name),
    latencyMs: 3,
    reason: down.includes(name) ? `${name} cannot be reached.` : undefined,
    checkedAtMs: START_MS,
  }));
}

const KINDS = {
  redis: "redis",
  postgres: "postgres",
  "postgres reader": "postgres",
  prod: "cluster",
  stage: "cluster",
} as const satisfies Record<Down, Checked["kind"]>;

const ALL: readonly Down[] = ["redis", "postgres", "postgres reader", "prod", "stage"];
const ONE_CLUSTER = ALL.filter((name) => name !== "stage");
const AUDIT = { backlogRows: 0, lagMs: 0 };

async function asked(checks: readonly Checked[], token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await ready(new Request("https://gatehouse.test/ready", { headers }), {
    services: { config: { METRICS_TOKEN: TOKEN } },
    desk: {
      checks: () => Promise.resolve(checks),
      overview: () => Promise.resolve({ checks, audit: AUDIT, sessions: undefined, approvalsWaiting: undefined }),
    },
    limit: { limit: () => Promise.resolve({ success: true }) },
  });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

describe("the deployment", () => {
  it.each<readonly [string, readonly Down[], readonly Down[], number, string]>([
    ["everything answers", [], ALL, 200, "ready"],
    ["one cluster of several is down", ["stage"], ALL, 200, "degraded"],
    ["every cluster is down", ["prod", "stage"], ALL, 503, "not_ready"],
    ["the only cluster is down", ["prod"], ONE_CLUSTER, 503, "not_ready"],
    ["Redis is down", ["redis"], ALL, 200, "degraded"],
    ["PostgreSQL is down", ["postgres"], ALL, 503, "not_ready"],
    ["PostgreSQL and a cluster are down", ["postgres", "stage"], ALL, 503, "not_ready"],
    ["the log cannot be looked into", ["postgres reader"], ALL, 200, "degraded"],
  ])("where %s", async (_, down, names, status, word) => {
    const { status: answered, body } = await asked(checksWithout(down, names));

    expect(answered).toBe(status);
    expect(body).toMatchObject({ ready: status === 200, status: word });
  });

  it("tells strangers of kinds, and not how many clusters there are or which of them is down", async () => {
    const { body } = await asked(checksWithout(["stage"]));

    expect(body).toEqual({
      ready: true,
      status: "degraded",
      checks: [
        { kind: "redis", ok: true },
        { kind: "postgres", ok: true },
        { kind: "cluster", ok: false },
      ],
    });
  });

  it("tells whoever has the token of each cluster, and why", async () => {
    const { body } = await asked(checksWithout(["stage"]), TOKEN);

    const { status, checks } = Health().omit({ sessions: true, approvals_waiting: true }).parse(body);
    expect(status).toBe("degraded");
    expect(checks.map(({ name, ok, reason }) => [name, ok, reason])).toEqual([
      ["redis", true, undefined],
      ["postgres", true, undefined],
      ["postgres reader", true, undefined],
      ["prod", true, undefined],
      ["stage", false, "stage cannot be reached."],
    ]);
  });
});
