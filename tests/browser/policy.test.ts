// The page of the policy: who may do what, and why. Nothing is changed here.

import { describe, expect, it } from "vitest";
import { PolicyView, SimulateBody } from "../../src/http/console/contract/tools.ts";
import { hasChromium } from "./chromium.ts";
import { ADMIN } from "./sample-sessions.ts";
import { ALLOWED, POLICY, stock } from "./sample-tools.ts";
import { HOSTILE, ONCALL } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open } = stage((prepared) => {
  prepared.me = ADMIN;
  stock(prepared);
});

const form = (page: Page) => page.getByRole("form", { name: "Ask the policy" });

describe.skipIf(!hasChromium)("the policy", () => {
  it("is shown as roles by permissions, everywhere or only somewhere", async () => {
    const page = await open("/console/policy");
    await page.locator(".matrix").waitFor();
    const cells = async (role: string) =>
      page.locator(".matrix tbody tr").filter({ hasText: role }).first().locator("td").allInnerTexts();

    expect(await page.locator(".matrix tbody tr").count()).toBe(POLICY.roles.length);
    const heads = await page.locator(".matrix thead tr:last-child th").allInnerTexts();
    expect(heads.slice(0, 5)).toEqual(["read", "nodes", "query", "admin", "read"]);
    expect((await cells("shop-observer")).slice(0, 3)).toEqual([
      "shop, shop-* of every cluster",
      "no",
      "shop, shop-* of every cluster",
    ]);
    expect(
      (await cells("incident-commander")).filter((words) => words === "every namespace of every cluster"),
    ).toHaveLength(4);
    expect(await page.locator("main").innerText()).toMatch(/version\s+4f1c9a7e/);
  });

  it("says where it is changed, and what each role is for, grants and may spend", async () => {
    const page = await open("/console/policy");
    const role = page.locator(".role").filter({ hasText: "shop-operator" }).first();
    await role.waitFor();

    const shown = await role.innerText();
    for (const part of ["Proposes and runs runbooks in the shop", "runbooks:request", "60/minute, 500/hour, 2000/day"])
      expect(shown).toContain(part);
    expect(await page.locator("main").innerText()).toContain("It is written in gatehouse.json");
    expect(await page.getByText("Grants no permission.").count()).toBe(1);
  });

  it("shows hostile names as text, and says so where it may not be seen", async () => {
    const grants = [{ permissions: [HOSTILE], clusters: [HOSTILE], namespaces: [HOSTILE] }];
    const roles = [{ name: HOSTILE, description: HOSTILE, grants }];
    api().answers.set("GET policy", () =>
      PolicyView().parse({ version: HOSTILE, permissions: [HOSTILE], roles, quotas: { default: HOSTILE } }),
    );
    api().failing.set("policy", {
      status: 403,
      reason: "permission_denied",
      detail: "You need keys:admin or audit:read.",
    });
    const page = await open("/console/policy");
    await page.getByText("You need keys:admin or audit:read.").waitFor();
    api().failing.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".role").waitFor();

    expect(await page.locator("main :is(img, script, b, i, iframe, [style], [onerror])").count()).toBe(0);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
  });

  it("is not offered to whoever may neither make keys nor read the audit log", async () => {
    api().me = ONCALL;
    const page = await open("/console/tools");
    await page.locator(".listing-row").first().waitFor();

    expect(await page.getByRole("navigation", { name: "Pages" }).innerText()).not.toMatch(/Policy|Keys|Live/);
  });
});

describe.skipIf(!hasChromium)("asking the policy", () => {
  it("about a key and a tool calls nothing, and says what was looked at", async () => {
    api().answers.set("POST policy/simulate", () => ALLOWED);
    const page = await open("/console/policy");
    await form(page).getByLabel("A key").check();
    await form(page).getByRole("button").click();
    expect(await form(page).locator(".field-fault").allInnerTexts()).toEqual([
      "Say which key: its id, not the key itself.",
      "Choose a tool.",
    ]);
    await form(page).getByLabel("Key id").fill("k_007f3a9c21e4");
    await form(page).getByLabel("Tool").selectOption("k8s.list_pods");
    await form(page).getByRole("button").click();
    await page.getByText("Allowed", { exact: true }).waitFor();

    expect(SimulateBody().parse(api().received.at(-1)?.body)).toEqual({
      who: { by: "key", key_id: "k_007f3a9c21e4" },
      tool: "k8s.list_pods",
    });
    expect(api().received.at(-1)?.csrf).toBe(ADMIN.csrf);
    expect(await page.getByRole("list", { name: "What was looked at, in order" }).locator("li").count()).toBe(5);
    expect(await page.getByRole("status").last().innerText()).toContain("Allowed. shop-observer grants k8s:read");
  });

  it.each([
    [404, "There is no key of this id: keys lists them."],
    [503, "The keys cannot be looked up now."],
  ])("shows the server's words where it says %i, and no verdict of before", async (status, detail) => {
    api().answers.set("POST policy/simulate", () => ALLOWED);
    const page = await open("/console/policy");
    await form(page).getByLabel("Tool").selectOption("k8s.list_pods");
    await form(page).getByRole("button").click();
    await page.getByText("Allowed", { exact: true }).waitFor();
    api().failing.set("simulate", { status, reason: "x", detail });
    await form(page).getByRole("button").click();
    await page.getByText(detail).waitFor();

    expect(await page.getByText("Allowed", { exact: true }).count()).toBe(0);
  });
});
