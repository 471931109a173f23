// The metrics as Prometheus has them: scraped from the whole stack by a real one, with our rules loaded and our dashboard asked.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { root } from "../../dev/node/runtime.mjs";
import { Agent } from "../../dev/stack/agent.ts";
import { createKey } from "../../dev/stack/api-keys.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { throwawayPrometheus } from "../../dev/throwaway/prometheus.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import type { Throwaway } from "../../dev/throwaway/server.ts";

const METRICS_TOKEN = "a token of this run and of no other one";
const OPERATIONS = join(root, "docs", "operations");

let stack: Stack;
let prometheus: Throwaway;

const origin = () => new URL(stack.consoleUrl).origin;

beforeAll(async () => {
  stack = await startStack({
    state: "fresh",
    output: "quiet",
    port: 0,
    postgresUrl: process.env.TEST_POSTGRES_URL,
    redisUrl: process.env.TEST_REDIS_URL,
    vars: { AUDIT_DRAIN_DELAY_MS: "100", METRICS_TOKEN },
  });
  prometheus = await throwawayPrometheus({
    jobs: { gatehouse: new URL(origin()).host },
    tokens: { gatehouse: METRICS_TOKEN },
    rules: readFileSync(join(OPERATIONS, "alerts.yaml"), "utf8"),
  });
});
afterAll(async () => {
  await prometheus.stop();
  await stack.stop();
});

const Answer = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]).optional() }),
    ),
  }),
});

async function query(expr: string) {
  const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  return Answer.parse(await response.json()).data.result;
}

const valueOf = async (expr: string) => Number((await query(expr))[0]?.value?.[1] ?? NaN);

describe("what a real Prometheus scrapes", () => {
  it("passes promtool check metrics", async () => {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const text = await (await fetch(`${origin()}/metrics`, { headers })).text();

    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("counts the calls that were made, and nothing twice", async () => {
    const token = await createKey(stack.keys, {
      principal: "agent/scraped",
      kind: "agent",
      roles: ["observer"],
      days: 1,
    });
    const agent = await Agent.connect(stack.address, token);
    for (let call = 0; call < 5; call++) await agent.request("k8s.list_pods", { namespace: "shop" });
    await agent.request("nowhere.at_all", {});
    await agent.request("mcp.tools.call", { name: "nowhere.at_all", args: {} });
    await agent.close();

    const calls = 'gatehouse_calls_total{tool="k8s.list_pods",outcome="ok",era="native"}';
    await expect.poll(() => valueOf(calls), { timeout: 20_000, interval: 250 }).toBe(5);
    // Rows that arrive apart may be counted in one scrape and in the next.
    const scraped = { timeout: 20_000, interval: 250 };
    await expect.poll(() => valueOf('gatehouse_calls_total{tool="unknown",outcome="refused"}'), scraped).toBe(1);
    await expect.poll(() => valueOf('gatehouse_call_duration_seconds_count{stage="upstream"}'), scraped).toBe(5);
    const text = "select count(*)::int as rows from audit_logs where actor_id = 'agent/scraped'";
    const arrived = async () => {
      const rows = await stack.sql({ text, values: [], timeoutMs: 5_000 }, new AbortController().signal);
      return z.array(z.object({ rows: z.int() })).parse(rows.ok ? rows.value : [])[0]?.rows ?? NaN;
    };
    await expect.poll(async () => (await valueOf("gatehouse_audit_rows_total")) - (await arrived()), scraped).toBe(0);
  });

  it("says of every upstream of the stack that it is up", async () => {
    const down = async () => {
      const all = await query("gatehouse_upstream_up");
      const up = all.filter(({ value }) => value?.[1] === "1").map(({ metric }) => metric.kind);
      return ["redis", "postgres", "cluster"].filter((kind) => !up.includes(kind));
    };

    await expect.poll(down, { timeout: 25_000, interval: 1_000 }).toEqual([]);
  });

  it("answers every question of the dashboard", async () => {
    const Panels = z.object({
      panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).default([]) })),
    });
    const { panels } = Panels.parse(JSON.parse(readFileSync(join(OPERATIONS, "grafana-dashboard.json"), "utf8")));
    const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

    // What nobody has done yet has no series: no round of the keeper, no approval. A rate needs two scrapes.
    const expected = asked.filter((expr) => !/failed\|unknown|checkpoint|verified|approvals\{/.test(expr));
    const silent = async () => {
      const results = await Promise.all(expected.map((expr) => query(expr.replaceAll("$__rate_interval", "2m"))));
      return expected.filter((_, index) => results[index]?.length === 0);
    };

    await expect.poll(silent, { timeout: 25_000, interval: 1_000 }).toEqual([]);
    expect(asked.length).toBeGreaterThan(25);
  });

  it("evaluates our rules, and nothing is wrong but what is not there yet", async () => {
    const Rules = z.object({
      data: z.object({
        groups: z.array(
          z.object({
            name: z.string(),
            rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string() })),
          }),
        ),
      }),
    });
    const read = async () => {
      const response = await fetch(`${prometheus.url}/api/v1/rules`);
      return Rules.parse(await response.json()).data.groups.flatMap(({ rules }) => rules);
    };

    await expect
      .poll(async () => (await read()).every(({ health }) => health === "ok"), { timeout: 10_000 })
      .toBe(true);
    expect((await read()).filter(({ state }) => state === "firing")).toEqual([]);
  });
});

describe("promtool", () => {
  it.each([
    ["check", "rules", join(OPERATIONS, "alerts.yaml")],
    ["test", "rules", join(OPERATIONS, "alerts.test.yaml")],
  ])("%s %s passes", (...args) => {
    const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });

    expect({ status, stderr, stdout: status === 0 ? "" : stdout }).toEqual({ status: 0, stderr: "", stdout: "" });
  });
});

it("/ready says that everything answers, and no more to strangers", async () => {
  const ask = () => fetch(`${origin()}/ready`);

  // On a busy machine an upstream may miss its two seconds; what was found is kept for ten.
  await expect.poll(async () => (await ask()).status, { timeout: 25_000, interval: 3_000 }).toBe(200);
  const response = await ask();
  expect(Object.keys(z.looseObject({}).parse(await response.json()))).toEqual(["ready", "status", "checks"]);
});
