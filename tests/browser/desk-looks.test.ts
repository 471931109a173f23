// The pages of sessions, tools, keys and policy on a phone, in the dark, and for whoever audits them.

import { describe, expect, it } from "vitest";
import { RawAnswer } from "../../src/http/console/contract/tools.ts";
import { auditPage, overflowOf, targetsOf } from "./audit-page.ts";
import { hasChromium } from "./chromium.ts";
import { hang, key, KEYS } from "./sample-keys.ts";
import { CHANGING, seat, session, SESSIONS } from "./sample-sessions.ts";
import { EVERY_KIND, PODS, REFUSED, stock, tool, TOOLS } from "./sample-tools.ts";
import { HOSTILE } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

/** A word that no line is long enough for. */
const LONG = `agent/${"very-".repeat(20)}long`;

const { api, open } = stage((prepared) => {
  const odd = { principal: { id: LONG, kind: "agent" as const, roles: [LONG], on_behalf_of: HOSTILE } };
  seat(prepared, [CHANGING, session(7, odd), ...SESSIONS.slice(1, 12)]);
  stock(prepared, [...TOOLS, EVERY_KIND, tool("ctx.get", { name: LONG, description: HOSTILE, requires: LONG })]);
  hang(prepared, [key(0, { principal: LONG, note: HOSTILE, owner: LONG, roles: [LONG] }), ...KEYS.slice(1, 12)]);
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { ...PODS, long: "x".repeat(400) } });
  prepared.answers.set("POST tools/call", () => RawAnswer().parse({ message, took_ms: 64, session_id: "console:x" }));
  prepared.answers.set("POST policy/simulate", () => REFUSED);
});

const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
const nothing = () => Promise.resolve();

async function callTwice(page: Page): Promise<void> {
  await page.locator(".parameters input").first().fill("shop");
  await page.locator(".parameters select").first().selectOption("eu-prod-1");
  for (const calls of [1, 2]) {
    await press("Run as yourself")(page);
    await page.getByLabel("The answer").waitFor();
    await expect.poll(() => api().received.filter(({ path }) => path === "tools/call").length).toBe(calls);
  }
  await press("Ask the policy")(page);
  await page.getByText("Refused", { exact: true }).waitFor();
}

async function showRoles(page: Page): Promise<void> {
  await page.getByLabel("Whoever has roles").check();
  await page.locator(".choices input").first().waitFor();
}

async function makeKey(page: Page): Promise<void> {
  await press("New key…")(page);
  await page.getByLabel("Holder").fill("agent/new-one");
  await page.getByRole("checkbox", { name: /^observer/ }).check();
  await press("Make the key")(page);
  await press("I have it: close")(page);
}

const PLACES: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
  ["the sessions", "/console/live", nothing],
  ["a session", `/console/live/${CHANGING.id}`, nothing],
  ["a session of long and hostile words", `/console/live/${session(7).id}`, nothing],
  ["cancelling a call", `/console/live/${CHANGING.id}`, press("Cancel logs.search…")],
  ["the tools", "/console/tools", nothing],
  ["a tool that was called", "/console/tools/k8s.list_pods", callTwice],
  ["a form with faults", "/console/tools/demo.every_kind", press("Run as yourself")],
  ["a raw request", "/console/tools/ctx.get", (page) => page.getByRole("tab", { name: "Raw request" }).click()],
  ["the keys", "/console/keys", (page) => page.getByLabel(/^All/).check()],
  ["a form for a key", "/console/keys", press("New key…")],
  ["a key that was made", "/console/keys", makeKey],
  ["revoking a key", "/console/keys", press(/^Revoke/)],
  ["the policy", "/console/policy", showRoles],
];

async function arrive(page: Page, act: (page: Page) => Promise<void>): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector(".loading") === null);
  await act(page);
  for (const more of await page.locator("main details").all()) await more.evaluate((it) => it.setAttribute("open", ""));
}

/** Twice through all rules on pages of many rows: a machine that does other things takes its time. */
const PATIENCE_MS = 90_000;

describe.skipIf(!hasChromium).each(PLACES)("%s", { timeout: PATIENCE_MS }, (_what, path, act) => {
  it("has no fault that axe finds, in the light and in the dark", async () => {
    const page = await open(path);
    await arrive(page, act);

    expect(await auditPage(page)).toEqual([]);
  });

  it("fits on a phone, and can be used with a thumb", async () => {
    const page = await open(path, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await arrive(page, act);

    expect(await overflowOf(page)).toBe(0);
    expect(await targetsOf(page)).toEqual([]);
    expect(await auditPage(page)).toEqual([]);
  });
});
