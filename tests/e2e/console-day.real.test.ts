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
import { startStack } from "../../dev/stack/stack.ts";
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
const agents: Agent[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  await asOwner(`create database ${DATABASE}`);
  const postgresUrl = Object.assign(new URL(server), { pathname: `/${DATABASE}` }).href;
  browser = await launch();
  stack = await startStack({ state: "fresh", output: "quiet", port: 0, prometheus: "recorded", postgresUrl });
  const options = { rows: ROWS, endMs: Date.now(), policyVersion: "busy" };
  await storeChains(stack.sql, busyDay(options), () => undefined);
  await storeKeys(stack.sql);
  for (const principal of ["agent/triage", "agent/shop-support", "agent/capacity"])
    agents.push(await connect(principal));
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
  const key = await createKey(stack.keys, { principal: "human/platform", kind: "human", roles, days: 1 });
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

async function picture(name: string): Promise<void> {
  if (process.env.GATEHOUSE_PICTURES === undefined) return;
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

describe.skipIf(!hasChromium || server === "")("after a busy day", () => {
  it.each(PAGES)(
    "%s is drawn, and nothing goes wrong in it",
    async (path) => {
      await go(path);
      await picture(`console-${path.replace(/[?/].*$/, "")}`);

      expect(await page.locator("main [role=alert]").allTextContents()).toEqual([]);
      expect(faults).toEqual([]);
    },
    60_000,
  );
});
