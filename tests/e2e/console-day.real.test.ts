// The console after a busy day, on the whole stack and a real PostgreSQL: 100,000 rows of audit log, agents at work, and every
// page opened and read by a person. GATEHOUSE_PICTURES=1 keeps what it looks like in docs/images.

import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busyDay } from "../../dev/busy-day/day.ts";
import { storeKeys } from "../../dev/busy-day/keys.ts";
import { storeChains } from "../../dev/busy-day/store.ts";
import { root } from "../../dev/node/runtime.mjs";
import { Agent } from "../../dev/stack/agent.ts";
import { createKey } from "../../dev/stack/api-keys.ts";
import { ring } from "../../dev/stack/cron.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { AuditEvidence } from "../../src/http/console/contract/audit.ts";
import { auditPage } from "../browser/axe.ts";
import { hasChromium, launch } from "../browser/chromium.ts";
import { openWindow } from "../browser/window.ts";
import type { Browser, Page } from "playwright-core";
import type { Stack } from "../../dev/stack/stack.ts";

const ROWS = 100_000;
const server = process.env.TEST_POSTGRES_URL ?? "";
const DATABASE = `busy_day_${process.pid}`;

let stack: Stack;
let browser: Browser;
let page: Page;
let faults: readonly string[];
let key: string;
const agents: Agent[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  await asOwner(`create database ${DATABASE}`);
  const postgresUrl = Object.assign(new URL(server), { pathname: `/${DATABASE}` }).href;
  browser = await launch();
  stack = await startStack({
    state: "fresh",
    output: "quiet",
    port: 0,
    prometheus: "recorded",
    postgresUrl,
    vars: { AUDIT_DRAIN_DELAY_MS: "100" },
  });
  const options = { rows: ROWS, endMs: Date.now(), policyVersion: "busy" };
  await storeChains(stack.sql, busyDay(options), () => undefined);
  await storeKeys(stack.sql);
  for (const principal of ["agent/triage", "agent/shop-support", "agent/capacity"])
    agents.push(await connect(principal));
  await ring(stack.consoleUrl);
  ({ page, faults } = await signedIn());
}, 300_000);
afterAll(async () => {
  if (!hasChromium) return;
  for (const agent of agents) await agent.close();
  await browser.close();
  await stack.stop();
  await asOwner(`drop database ${DATABASE} with (force)`);
});

async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function connect(principal: string): Promise<Agent> {
  const holder = { principal, kind: "agent", onBehalfOf: "team/oncall", days: 1 } as const;
  const agent = await Agent.connect(
    stack.address,
    await createKey(stack.keys, { ...holder, roles: ["platform-observer"] }),
  );
  await agent.request("k8s.list_pods", { namespace: "shop" });
  return agent;
}

async function signedIn() {
  const roles = ["administrator", "auditor", "incident-commander", "platform-observer"];
  key = await createKey(stack.keys, { principal: "human/platform", kind: "human", roles, days: 1 });
  const opened = await openWindow(browser, stack.consoleUrl, { startsAt: Date.now() });
  opened.page.setDefaultTimeout(20_000);
  await opened.page.getByLabel("Key").fill(key);
  await opened.page.getByRole("button", { name: "Sign in" }).click();
  await opened.page.getByRole("navigation", { name: "Pages" }).waitFor();
  return opened;
}

async function go(path: string): Promise<void> {
  await page.goto(`${stack.consoleUrl}${path}`);
  await page.locator("h1").first().waitFor();
  await expect.poll(() => page.locator(".loading").count(), { timeout: 20_000 }).toBe(0);
}

/** In the documentation. */
const SHOWN = ["console-audit", "console-usage", "console-live", "console-tools"];

async function picture(name: string): Promise<void> {
  if (process.env.GATEHOUSE_PICTURES === undefined || !SHOWN.includes(name)) return;
  await page.screenshot({ path: join(root, "docs", "images", `${name}.png`) });
}

const PAGES = [
  "audit?last=24h",
  "usage?last=24h",
  "live",
  "tools",
  "tools/k8s.list_pods",
  "keys",
  "policy",
  "approvals",
];
/** Answers of rows that were recorded: what was asked of the database, with the actor of the page. */
const recorded = async (action: string) => {
  const text =
    "select params, outcome from audit_logs where action = $1 and actor_id = 'human/platform' order by ts desc";
  const rows = await stack.sql({ text, values: [action], timeoutMs: 10_000 }, new AbortController().signal);
  return rows.ok ? rows.value : [];
};
const isRecorded = (action: string) =>
  expect.poll(async () => (await recorded(action)).length, { timeout: 10_000 }).toBeGreaterThan(0);

describe.skipIf(!hasChromium || server === "")("after a busy day", () => {
  it.each(PAGES)(
    "%s is drawn, nothing goes wrong in it, and axe has nothing to say",
    async (path) => {
      await go(path);
      await picture(`console-${path.replace(/[?/].*$/, "")}`);

      expect(await page.locator("main [role=alert]").allTextContents()).toEqual([]);
      expect(await auditPage(page)).toEqual([]);
      expect(faults).toEqual([]);
    },
    60_000,
  );

  it("a failure is found among 100,000 rows, with its story, and reading what was asked in it is recorded", async () => {
    await go("audit?last=24h&outcome=failed&tool=prom.query_range");
    await page.getByText("upstream_timeout").first().waitFor();
    await page.locator("main a[href*='/audit/']").first().click();
    await page.locator(".timeline").waitFor();

    await page.getByRole("tab", { name: "Payload" }).click();
    await page.getByRole("button", { name: /payload|asked/i }).click();
    await page.getByText("cluster", { exact: false }).last().waitFor();

    await isRecorded("audit.payload_read");
    expect(faults).toEqual([]);
  }, 120_000);

  it("an agent that is disconnected is told why it went, and who did it is recorded", async () => {
    const [agent] = agents;
    await go("live");
    await page.getByRole("link", { name: "agent/triage" }).first().click();
    await page.getByRole("button", { name: "Disconnect…" }).click();
    await page.getByLabel("Reason").fill("It asks in a loop.");
    await page.getByRole("button", { name: "Disconnect", exact: true }).click();

    expect((await agent?.closed)?.code).toBe(4403);
    await isRecorded("session.disconnected");
  }, 120_000);

  it("a tool is called as oneself, and answers as it answers an agent", async () => {
    await go("tools/k8s.list_pods");
    await page.getByLabel("namespace", { exact: false }).first().fill("shop");
    await page.getByRole("button", { name: "Run as yourself" }).click();

    await page.getByText("CrashLoopBackOff").first().waitFor();
  }, 120_000);

  it("a key is made, opens a session, and takes it along when it is revoked", async () => {
    await go("keys");
    await page.getByRole("button", { name: "New key…" }).click();
    await page.getByLabel("Holder").fill("agent/of-today");
    await page.getByRole("checkbox", { name: /^observer/ }).check();
    await page.getByRole("button", { name: "Make the key" }).click();
    await page.getByRole("dialog").getByText("ghk_").first().waitFor();
    const secret = /ghk_[a-z0-9]{16}_[\w-]+/.exec(await page.getByRole("dialog").innerText())?.[0] ?? "";
    const agent = await Agent.connect(stack.address, secret);
    expect((await agent.request("k8s.list_pods", { namespace: "shop" })).error).toBeUndefined();

    await go("keys");
    const row = page.locator("tr", { hasText: "agent/of-today" });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByLabel("Reason").fill("It was for a test.");
    await page.getByRole("button", { name: "Revoke the key" }).click();

    expect((await agent.closed).code).toBe(4401);
    await isRecorded("key.created");
    await isRecorded("key.revoked");
  }, 120_000);

  it("all of it is verified as it stands in Postgres, and nothing is found", async () => {
    const evidence = async () => {
      await ring(stack.consoleUrl);
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(new URL("/console/api/audit/evidence", stack.consoleUrl), { headers });
      return AuditEvidence().parse(await answer.json());
    };

    // Rows are left alone for a minute first: those of a statement that is under way may still come before them.
    await expect
      .poll(async () => (await evidence()).verified_rows, { timeout: 170_000, interval: 2_000 })
      .toBeGreaterThan(ROWS);
    expect((await evidence()).faults).toEqual([]);
  }, 180_000);
});
