// The page on the whole stack: an agent asks, a person signs in, reads and decides, and the agent hears of it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Agent } from "../../dev/stack/agent.ts";
import { createKey } from "../../dev/stack/api-keys.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { hasChromium, launch } from "../browser/chromium.ts";
import { openWindow } from "../browser/window.ts";
import type { Browser, Page } from "playwright-core";
import type { Stack } from "../../dev/stack/stack.ts";

const Asked = z.looseObject({ approval_id: z.string(), state: z.string() });
const Told = z.looseObject({ state: z.string(), approval_token: z.string().optional() });

let stack: Stack;
let browser: Browser;
let agent: Agent;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launch();
  stack = await startStack({ state: "fresh", output: "quiet", port: 0, prometheus: "none" });
  const roles = ["shop-observer", "shop-operator"];
  const holder = { principal: "agent/triage", kind: "agent", onBehalfOf: "backend@example.com" } as const;
  agent = await Agent.connect(stack.address, await createKey(stack.keys, { ...holder, roles, days: 1 }));
}, 120_000);
afterAll(async () => {
  if (!hasChromium) return;
  await agent.close();
  await browser.close();
  await stack.stop();
});

async function request(): Promise<string> {
  const params = { namespace: "shop", name: "recommender" };
  const reason = "Release 0.8.0 is killed for want of memory.";
  const asked = await agent.request("runbook.request_approval", { runbook_id: "roll-back", params, reason });
  expect(asked.error).toBeUndefined();
  return Asked.parse(asked.result).approval_id;
}

async function signedIn(principal: string, path: string): Promise<Page> {
  const key = await createKey(stack.keys, { principal, kind: "human", roles: ["approver"], days: 1 });
  const { page } = await openWindow(browser, `${stack.consoleUrl}${path}`, { startsAt: Date.now() });
  page.setDefaultTimeout(20_000);
  await page.getByLabel("Key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  return page;
}

describe.skipIf(!hasChromium)("on the whole stack", () => {
  it("what a person approves, the agent is told at once and may run", async () => {
    const id = await request();
    const told = agent.notified("mcp.approval.changed");
    const page = await signedIn("human/lead", `approvals/${id}`);
    await page.getByText("16Mi").first().waitFor();

    // A first press opens the form, a second one sends it.
    await page.getByRole("button", { name: "Approve" }).first().click();
    await page.locator("form button[type=submit]").click();

    const { state, approval_token } = Told.parse((await told).params);
    expect(state).toBe("approved");
    const run = await agent.request("runbook.execute", { runbook_id: "roll-back", approval_token, wait_s: 60 });
    expect(run.result).toMatchObject({ state: "succeeded", approvers: ["human/lead"] });
    await page.getByText("succeeded", { exact: false }).first().waitFor();
  }, 90_000);

  it("whom the agent acts for may look and not decide", async () => {
    const params = { namespace: "shop", name: "web" };
    const asked = await agent.request("runbook.request_approval", { runbook_id: "restart-deployment", params });
    expect(asked.error).toBeUndefined();
    const page = await signedIn("human/backend@example.com", `approvals/${Asked.parse(asked.result).approval_id}`);

    await page.getByText("on your behalf", { exact: false }).first().waitFor();

    expect(await page.getByRole("button", { name: "Approve" }).first().isDisabled()).toBe(true);
  }, 60_000);
});
