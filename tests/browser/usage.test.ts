// How much is called: numbers that lead to the rows they count, kept up to date.

import { describe, expect, it } from "vitest";
import { auditPage, overflowOf, targetsOf } from "./audit-page.ts";
import { hasChromium } from "./chromium.ts";
import { AUDITOR } from "./sample-audit.ts";
import { HEALTH, ScriptedUsage, USAGE } from "./sample-usage.ts";
import { HOSTILE } from "./samples.ts";
import { ScriptedAudit } from "./scripted-audit.ts";
import { stage } from "./stage.ts";
import { stopClock } from "./window.ts";
import type { Page } from "playwright-core";

const used: ScriptedUsage[] = [];
const { api, open } = stage((prepared) => {
  prepared.me = AUDITOR;
  new ScriptedAudit(prepared);
  used.push(new ScriptedUsage(prepared));
});
const usage = () => {
  const last = used.at(-1);
  if (!last) throw new Error("nothing is prepared");
  return last;
};

async function openUsage(search = "", options = {}): Promise<Page> {
  const page = await open(`/console/usage${search}`, options);
  await page.locator(".tiles").waitFor();
  await page.locator(".upstreams").waitFor();
  return page;
}
const query = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const rowOf = (page: Page, table: string, name: string) =>
  page.getByRole("region", { name: table }).getByRole("row", { name });

describe.skipIf(!hasChromium)("usage", () => {
  it("is counted for the filter of the address, which always says the time", async () => {
    const page = await openUsage("?tool=pod_logs");

    expect(query(page)).toEqual({ last: "24h", tool: "pod_logs" });
    // Once, and after a while once more because the socket is open.
    expect(new Set(usage().asked)).toEqual(new Set(["last=24h&tool=pod_logs"]));
  });

  it("shows what happened in numbers", async () => {
    const page = await openUsage();

    const tiles = await page.locator(".tile").allTextContents();

    expect(tiles).toEqual([
      "Calls22,29714 principals, 132 sessions",
      "Failed8814.0%",
      "Refused3471.6%",
      "p5084 mshalf take less",
      "p95437 ms95% take less",
      "p99958 ms99% take less",
    ]);
  });

  it("leaves a dash where there is nothing to measure", async () => {
    const nothing = { calls: 0, failed: 0, refused: 0, p50_ms: null, p95_ms: null, p99_ms: null };
    const total = { ...nothing, principals: 0, sessions: 0 };
    const series = USAGE.series.map(({ at }) => ({ at, ...nothing }));
    usage().usage = { ...USAGE, total, series, by_tool: [], by_principal: [], refusals: [] };
    const page = await openUsage();

    expect(await page.locator(".tile-value").allTextContents()).toEqual(["0", "0", "0", "–", "–", "–"]);
    expect(await page.getByText("None in this time.").count()).toBe(3);
    expect(await auditPage(page)).toEqual([]);
  });

  it.each([
    ["By tool", "search_logs", { last: "7d", tool: "search_logs" }],
    ["By principal", "agent/cost-report", { last: "7d", actor: "agent/cost-report" }],
    ["Refusals by reason", "rate_limited", { last: "7d", outcome: "refused", reason: "rate_limited" }],
  ])("leads from a line to its rows: %s", async (table, name, expected) => {
    const page = await openUsage("?last=7d");

    await rowOf(page, table, name).getByRole("link").click();

    await page.waitForURL("**/console/audit?**");
    expect(query(page)).toEqual(expected);
  });

  it("leads from what failed to the rows, with the rest of the filter", async () => {
    const page = await openUsage("?last=24h&cluster=staging");

    await page.locator(".tile", { hasText: "Failed" }).getByRole("link").click();

    await page.waitForURL("**/console/audit?**");
    expect(query(page)).toEqual({ last: "24h", outcome: "failed", cluster: "staging" });
  });

  const quotaOf = (page: Page, name: string) => rowOf(page, "By principal", name).getByRole("cell").last();

  it("shows how much of a quota is left", async () => {
    const page = await openUsage();

    expect(await quotaOf(page, "agent/cost-report").textContent()).toBe("100% of 5,000 a day, anew at 13 Mar, 00:00");
    expect(await quotaOf(page, "agent/cost-report").locator(".meter-empty").count()).toBe(1);
    expect(await quotaOf(page, "agent/incident-triage").locator(".meter-scarce").count()).toBe(1);
  });

  it.each([
    ["agent/nightly-check", "not reached just now", /look again/],
    ["access:oncall@example.com", "not known", /a key that works/],
  ])("says of a quota that it does not know, and why: %s", async (name, words, why) => {
    const page = await openUsage();

    expect(await quotaOf(page, name).textContent()).toBe(words);
    expect(await quotaOf(page, name).locator("span").getAttribute("title")).toMatch(why);
  });

  it("has no column of quotas for whoever is told of none, and says of others' that they are not told", async () => {
    const rows = USAGE.by_principal.map(({ quota: _, ...row }) => row);
    usage().usage = { ...USAGE, by_principal: rows };
    const page = await openUsage();
    const heads = page.getByRole("region", { name: "By principal" }).getByRole("columnheader");
    expect(await heads.allTextContents()).not.toContain("Quota now");

    usage().usage = { ...USAGE, by_principal: [...USAGE.by_principal.slice(0, 1), ...rows.slice(1)] };
    await page.getByRole("link", { name: "7 d", exact: true }).click();
    await heads.getByText("Quota now").waitFor();

    expect(await quotaOf(page, "agent/cost-report").textContent()).toBe("not told");
  });

  it("is narrowed by its table of numbers over time", async () => {
    const page = await openUsage();

    await page.locator(".chart").last().getByRole("button", { name: "Table" }).click();
    const table = page.getByRole("region", { name: "How long they took, as a table" });
    const line = table.getByRole("row", { name: /^08:00:00/ });
    expect(await line.textContent()).toMatch(/^08:00:00\d+ ms\d\.\d\d s\d\.\d\d s$/);
    await line.getByRole("link").click();

    await expect.poll(() => query(page)).toEqual({ from: "2026-03-12T08:00:00.000Z", to: "2026-03-12T08:15:00.000Z" });
  });

  it("is fetched again as calls are made, at most every ten seconds", async () => {
    const page = await openUsage();
    await expect.poll(() => api().sockets).toBe(2);
    await stopClock(page);
    const before = usage().asked.length;
    usage().usage = { ...USAGE, total: { ...USAGE.total, calls: 23_456 } };

    for (let told = 0; told < 20; told++) api().tellOf({ changed: "calls" });
    await page.clock.runFor(11_000);

    await page.locator(".tile-value", { hasText: "23,456" }).waitFor();
    expect(usage().asked.length - before).toBeLessThanOrEqual(2);
  });
});

describe.skipIf(!hasChromium)("what stands behind", () => {
  it("is shown with how long it takes, and why it does not answer", async () => {
    const page = await openUsage();

    const lines = await page.locator(".upstreams li").allTextContents();

    expect(lines[0]).toBe("redis3 msanswers");
    expect(lines[3]).toContain("It did not answer within 5 s: look at its tunnel. checked just now");
    expect(await page.getByRole("region", { name: "Audit log" }).locator("dd").allTextContents()).toEqual([
      "1.8 s",
      "214 rows",
    ]);
    expect(await page.getByRole("region", { name: "Connected now" }).locator("dd").allTextContents()).toEqual([
      "37",
      "95",
      "3",
    ]);
  });

  it("that is missing in part is degraded: what is down is named, and the rest is served", async () => {
    const page = await openUsage();

    await page.getByText("Degraded").waitFor();
    expect(await page.getByText("Not ready").count()).toBe(0);
    expect(await page.locator(".upstreams li", { hasText: "down" }).count()).toBe(1);
    usage().health = {
      ...HEALTH,
      status: "ready",
      checks: HEALTH.checks.map(({ reason: _, ...one }) => ({ ...one, ok: true })),
    };
    await page.reload();
    await page.locator(".upstreams").waitFor();
    expect(await page.getByText("Degraded").count()).toBe(0);
  });

  it("that is missing altogether, and a log that lags, are called so", async () => {
    usage().health = { ...HEALTH, ready: false, status: "not_ready", audit: { backlog_rows: 31_000, lag_s: 700 } };
    const page = await openUsage();

    await page.getByText("Not ready").waitFor();
    expect(await page.getByText("Degraded").count()).toBe(0);
    await page.getByText("It is behind").waitFor();
    expect(await page.getByRole("region", { name: "Audit log" }).locator("dd").first().textContent()).toBe(
      "11 min 40 s",
    );
    expect(await auditPage(page)).toEqual([]);
  });

  it("does not hide the numbers where it cannot be asked, nor they it", async () => {
    api().failing.set("health", { status: 503, reason: "unavailable", detail: "Nobody knows." });
    const page = await open("/console/usage?last=24h");

    await page.locator(".tiles").waitFor();
    await page.getByText("How things are now could not be loaded").waitFor();
    api().failing.clear();
    api().failing.set("usage", "hang-up");
    await page.getByRole("link", { name: "7 d", exact: true }).click();
    await page.getByText("How much was called could not be loaded").waitFor();
    api().failing.clear();
    await page.getByRole("button", { name: "Try again" }).first().click();

    await page.locator(".tiles").waitFor();
    await page.locator(".upstreams").waitFor();
  });
});

describe.skipIf(!hasChromium)("the page of usage", () => {
  it("can be read by everybody, in the light and in the dark", async () => {
    const page = await openUsage();

    expect(await auditPage(page)).toEqual([]);
    for (const button of await page.getByRole("button", { name: "Table" }).all()) await button.click();
    await page.getByRole("button", { name: "From … to …" }).click();
    expect(await auditPage(page)).toEqual([]);
  });

  it("fits on a phone, whatever things are called", async () => {
    const tool = {
      ...(USAGE.by_tool[0] ?? { calls: 1, failed: 0, refused: 0, p50_ms: 1, p95_ms: 1, p99_ms: 1 }),
      tool: HOSTILE,
    };
    const principal = { ...tool, id: `${HOSTILE}${"x".repeat(200)}` };
    usage().usage = { ...USAGE, by_tool: [tool], by_principal: [principal], refusals: [{ reason: HOSTILE, count: 3 }] };
    usage().health = {
      ...HEALTH,
      checks: HEALTH.checks.map((one) => ({ ...one, ok: false, reason: HOSTILE, name: HOSTILE })),
    };
    const page = await openUsage("?last=24h", {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });

    expect(await overflowOf(page)).toBe(0);
    expect(await targetsOf(page)).toEqual([]);
    expect(await auditPage(page)).toEqual([]);
    expect(await page.locator("main :is(img, script, iframe, [onerror])").count()).toBe(0);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
  });
});
