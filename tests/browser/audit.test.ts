// Searching the audit log: whatever is asked for stands in the address, and the address is all there is to it.

import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { at, AUDITOR, eventId, sampleRow, sampleRows } from "./sample-audit.ts";
import { NOW } from "./samples.ts";
import { ScriptedAudit } from "./scripted-audit.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const audits: ScriptedAudit[] = [];
const { api, open, forgive } = stage((prepared) => {
  prepared.me = AUDITOR;
  const made = new ScriptedAudit(prepared);
  made.rows = sampleRows(240);
  audits.push(made);
});
/** Of the test that runs. */
const audit = () => {
  const last = audits.at(-1);
  if (!last) throw new Error("nothing is prepared");
  return last;
};

const query = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const rows = (page: Page) => page.locator(".rows tbody tr");
const chips = (page: Page) => page.getByRole("list", { name: "Filters" }).getByRole("link");

async function openAudit(search = "", options = {}): Promise<Page> {
  const page = await open(`/console/audit${search}`, options);
  await rows(page).first().waitFor();
  return page;
}

/** Once for the page, and three seconds later once more because its socket is open: from then on nothing is asked by itself. */
async function openAtRest(search: string): Promise<Page> {
  const page = await openAudit(search);
  await page.clock.runFor(3_500);
  await expect.poll(() => audit().asked.length).toBe(2);
  return page;
}

describe.skipIf(!hasChromium)("the address", () => {
  it("always says the time, and the way back does not lead to one that does not", async () => {
    const page = await openAudit();

    expect(query(page)).toEqual({ last: "24h" });
    await page.getByRole("link", { name: "Approvals" }).click();
    await page.waitForURL("**/console/approvals");
    await page.goBack();
    await page.waitForURL("**/audit?last=24h");
  });

  it("is what is searched for: any of several values of each", async () => {
    const page = await openAudit("?last=7d&outcome=failed&outcome=refused&cluster=staging");

    expect(new URLSearchParams(audit().asked[0])).toEqual(
      new URLSearchParams("last=7d&outcome=failed&outcome=refused&cluster=staging&limit=100"),
    );
    expect(await chips(page).count()).toBe(4);
    expect(await page.locator(".rows .badge").allTextContents()).not.toContain("ok");
  });

  it.each([
    ["?last=2h", /last: must be one of 15m/, { last: "24h" }],
    ["?from=2026-03-12T10:00:00Z&tool=pod_logs", /to: is missing/, { last: "24h", tool: "pod_logs" }],
    ["?from=2026-03-12T10:00:00Z&to=yesterday", /to: must be a time such as/, { last: "24h" }],
    [`?last=6h&actor=${"x".repeat(300)}`, /actor: a value holds at most 256/, { last: "6h" }],
  ])("that is impossible is called so, with a way on: %s", async (search, fault, mended) => {
    const page = await open(`/console/audit${search}`);

    await page.getByRole("alert").getByText(fault).waitFor();
    expect(audit().asked).toEqual([]);
    await page.getByRole("link", { name: "Leave that out" }).click();
    await rows(page).first().waitFor();

    expect(query(page)).toEqual(mended);
  });

  it("forgets what this page does not know", async () => {
    const page = await openAudit("?last=1h&utm_source=mail&cursor=7");

    expect(query(page)).toEqual({ last: "1h" });
  });
});

describe.skipIf(!hasChromium)("narrowing", () => {
  it("by a frequent value is a link that leads there and back, and the browser's own way back works", async () => {
    const page = await openAudit("?last=24h");
    const value = page.locator(".facet", { hasText: "Actor" }).getByRole("link", { name: /^agent\/cost-report/ });

    await value.click();
    await page.waitForURL("**/audit?last=24h&actor=agent%2Fcost-report");
    await chips(page).getByText("agent/cost-report").waitFor();
    await expect.poll(() => page.locator(".row-actor", { hasText: "incident-triage" }).count()).toBe(0);
    await page
      .locator(".facet", { hasText: "Outcome" })
      .getByRole("link", { name: /^refused/ })
      .click();
    await page.waitForURL("**&outcome=refused");
    await page.goBack();
    await page.waitForURL("**/audit?last=24h&actor=agent%2Fcost-report");
    await expect.poll(() => chips(page).count()).toBe(1);
    await chips(page).click();

    await page.waitForURL("**/audit?last=24h");
    expect(await chips(page).count()).toBe(0);
  });

  it("by a name that one types, and never by one that cannot be", async () => {
    const page = await openAudit("?last=24h");
    const entry = page.getByRole("form", { name: "Add a filter" });
    const add = entry.getByRole("button", { name: "Add" });

    await add.click();
    await entry.getByText("Type what to look for.").waitFor();
    await entry.getByLabel("Which").selectOption("session");
    await entry.getByLabel("Is exactly").fill("x".repeat(257));
    await add.click();
    await entry.getByText("Session: a value holds at most 256 characters.").waitFor();
    await entry.getByLabel("Is exactly").fill("  session-3 ");
    await page.keyboard.press("Enter");

    await page.waitForURL("**/audit?last=24h&session=session-3");
  });

  it("to one of the usual ranges keeps the rest", async () => {
    const page = await openAudit("?last=24h&tool=pod_logs");

    await page.getByRole("link", { name: "7 d", exact: true }).click();

    await page.waitForURL("**/audit?last=7d&tool=pod_logs");
    expect(await page.getByRole("link", { name: "7 d", exact: true }).getAttribute("aria-current")).toBe("page");
  });

  it("to two moments takes them as the reader's own time, and says so", async () => {
    const page = await openAudit("?last=24h", { timezoneId: "Europe/Berlin" });

    await page.getByRole("button", { name: "From … to …" }).click();
    const form = page.getByRole("form", { name: "From one moment to another" });
    const from = form.getByLabel("From your time, UTC+01:00");
    expect(await from.inputValue()).toBe("2026-03-11T15:00");
    await form.getByLabel("To your time, UTC+01:00").fill("2026-03-11T14:00:00");
    await form.getByRole("button", { name: "Show" }).click();
    await form.getByText("To must be later than from.").waitFor();
    await form.getByLabel("To your time, UTC+01:00").fill("2026-03-12T14:30:00");
    await form.getByRole("button", { name: "Show" }).click();

    await expect.poll(() => query(page)).toEqual({ from: "2026-03-11T14:00:00.000Z", to: "2026-03-12T13:30:00.000Z" });
    await page.getByRole("button", { name: "11 Mar, 15:00:00 – 14:30:00" }).waitFor();
  });
});

describe.skipIf(!hasChromium)("the drawing", () => {
  it("is dragged over to narrow the time, to whole bars", async () => {
    const page = await openAtRest("?last=24h&tool=pod_logs");
    const over = page.locator(".u-over");
    const box = await over.boundingBox();
    if (!box) throw new Error("there is no drawing");

    await page.mouse.move(box.x + box.width * 0.9, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.95, box.y + 60, { steps: 4 });
    await page.mouse.up();

    await expect.poll(() => query(page)).toMatchObject({ tool: "pod_logs", from: expect.any(String) });
    const { from = "", to = "" } = query(page);
    const halfHours = [from, to].map((time) => (NOW - Date.parse(time)) / 1_800_000);
    expect(halfHours).toEqual([5, 2]);
    await rows(page).first().waitFor();
  });

  it("says the numbers of the bar that is pointed at", async () => {
    const page = await openAtRest("?last=24h");
    const all = await page.locator(".legend").textContent();
    const box = await page.locator(".u-over").boundingBox();
    if (!box) throw new Error("there is no drawing");

    await page.mouse.move(box.x + box.width - 6, box.y + 30);

    await page.locator(".legend-when", { hasText: "13:30:00" }).waitFor();
    expect(await page.locator(".legend").textContent()).not.toBe(all);
  });

  it("is a table, too, by which a keyboard narrows the time", async () => {
    const page = await openAudit("?last=24h");

    await page.getByRole("button", { name: "Table" }).press("Enter");
    const table = page.getByRole("region", { name: /as a table$/ });
    const last = table.getByRole("row").last();
    expect(await last.getByRole("rowheader").textContent()).toBe("13:30:00");
    const counted = await last.getByRole("cell").allTextContents();
    await last.getByRole("link").press("Enter");

    await expect.poll(() => query(page)).toEqual({ from: at(1_800_000), to: at(0) });
    await expect.poll(() => page.locator(".legend b").allTextContents()).toEqual(counted);
  });

  it("is described to those who do not see it", async () => {
    const page = await openAudit("?last=24h");

    const plot = page.getByRole("img", { name: /^Entries over time, stacked by how they ended: \d+ ok \(\d+%\), / });

    expect(await plot.count()).toBe(1);
  });
});

describe.skipIf(!hasChromium)("the rows", () => {
  it("are loaded further by and by, each once", async () => {
    const page = await openAudit("?last=24h");
    expect(await rows(page).count()).toBe(100);

    await page.getByRole("button", { name: "Load older rows" }).click();
    await expect.poll(() => rows(page).count()).toBe(200);
    await page.getByRole("button", { name: "Load older rows" }).click();
    await expect.poll(() => rows(page).count()).toBe(240);

    expect(await page.getByRole("button", { name: "Load older rows" }).count()).toBe(0);
    await page.getByText("240 rows in all, newest first").waitFor();
  });

  it("that are older and cannot be loaded leave those that are there", async () => {
    const page = await openAtRest("?last=24h");
    api().failing.set("audit", { status: 503, reason: "unavailable", detail: "The database does not answer." });

    await page.getByRole("button", { name: "Load older rows" }).click();
    await page.getByRole("alert").getByText("The database does not answer.").waitFor();
    expect(await rows(page).count()).toBe(100);
    api().failing.clear();
    await page.getByRole("button", { name: "Load older rows" }).click();

    await expect.poll(() => rows(page).count()).toBe(200);
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("are copied as NDJSON, which is said", async () => {
    const page = await openAudit("?last=24h");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

    await page.getByRole("button", { name: "Copy as NDJSON" }).click();
    await page.getByRole("status").getByText("Copied 100 rows as NDJSON.").waitFor();

    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(sampleRows(100));
  });

  it("say where the browser lets nobody copy", async () => {
    const page = await openAudit("?last=24h");
    await page.evaluate(() =>
      Object.defineProperty(navigator.clipboard, "writeText", { value: () => Promise.reject(new Error()) }),
    );

    await page.getByRole("button", { name: "Copy as NDJSON" }).click();

    await page.getByText("The browser did not let it be copied.").first().waitFor();
  });

  it("that do not exist leave a word about what to do", async () => {
    const page = await open("/console/audit?last=15m&tool=no_such_tool");

    await page.getByText("Nothing was recorded that fits").waitFor();

    expect(await page.getByRole("button", { name: "Copy as NDJSON" }).isDisabled()).toBe(true);
  });
});

describe.skipIf(!hasChromium)("what comes while one looks", () => {
  const come = (count: number) => {
    const rest = audit().rows;
    const fresh = Array.from({ length: count }, (_, index) => sampleRow(8_000 + index, { ts: at(1_000 + index * 10) }));
    audit().rows = [...fresh, ...rest];
    api().tellOf({ changed: "calls" });
  };

  it("is shown at once at the top of the page", async () => {
    const page = await openAudit("?last=24h");

    come(3);
    await page.clock.runFor(3_500);

    await page.locator(`[data-card="${eventId(8_000)}"]`).waitFor();
    expect(await rows(page).count()).toBe(103);
  });

  it("waits while one points at a row, and comes when it is asked for", async () => {
    const page = await openAudit("?last=24h");
    const place = () => rows(page).nth(4).boundingBox();
    await rows(page).nth(4).hover();
    const before = await place();

    come(3);
    await page.clock.runFor(3_500);
    const offer = page.getByRole("button", { name: "3 newer rows: show" });
    await offer.waitFor();
    expect(await rows(page).count()).toBe(100);
    await offer.click();

    await expect.poll(() => rows(page).count()).toBe(103);
    expect(before).not.toBeNull();
  });

  it("begins anew where more has come than is asked for at once", async () => {
    const page = await openAudit("?last=24h");
    await page.getByRole("button", { name: "Load older rows" }).click();
    await expect.poll(() => rows(page).count()).toBe(200);
    await rows(page).nth(4).hover();

    come(150);
    await page.clock.runFor(3_500);
    await page.getByRole("button", { name: "More than 100 newer rows: show" }).click();

    await expect.poll(() => rows(page).count()).toBe(100);
    await page.getByRole("button", { name: "Load older rows" }).click();
    await expect.poll(() => rows(page).count()).toBe(200);
    expect(
      await page.locator(".listing-link").evaluateAll((all) => new Set(all.map((it) => it.getAttribute("href"))).size),
    ).toBe(200);
  });

  it("is asked for at most every three seconds", async () => {
    const page = await openAudit("?last=24h");
    await page.clock.runFor(5_000);
    const nowMs = () => page.evaluate(() => Date.now());
    const [before, fromMs] = [audit().asked.length, await nowMs()];

    for (let told = 0; told < 40; told++) {
      api().tellOf({ changed: "calls" });
      await page.clock.runFor(50);
    }
    await page.clock.runFor(2_500);

    // The page's clock goes on by itself as well, and one may have been on its way before.
    const most = 2 + Math.floor(((await nowMs()) - fromMs) / 3_000);
    expect(audit().asked.length - before).toBeLessThanOrEqual(most);
  });
});

describe.skipIf(!hasChromium)("where something does not work", () => {
  it("that is said where it should be, and tried again", async () => {
    api().failing.set("audit", { status: 503, reason: "unavailable", detail: "No reader is configured." });
    const page = await open("/console/audit?last=24h");

    await page.getByText("The rows could not be loaded").waitFor();
    api().failing.clear();
    await page.getByRole("button", { name: "Try again" }).first().click();

    await rows(page).first().waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("what was loaded stays, and is said to be old", async () => {
    const page = await openAudit("?last=24h");
    api().failing.set("audit", "hang-up");

    api().tellOf({ changed: "audit" });
    await page.clock.runFor(3_500);

    await page.getByText("This may be out of date").first().waitFor();
    expect(await rows(page).count()).toBe(100);
  });

  it("because the session has ended, one signs in and is where one was", async () => {
    const page = await openAudit("?last=24h");
    let isOver = false;
    // Between two answers, so that nothing but the click can meet the end of it.
    for (const what of ["GET audit", "GET audit/summary"]) {
      const answer = api().answers.get(what);
      api().answers.set(what, (asked) => {
        if (!isOver && asked.query.get("last") === "7d") [isOver, api().me] = [true, undefined];
        return answer?.(asked);
      });
    }

    await page.getByRole("link", { name: "7 d", exact: true }).click();
    await page.getByLabel("API key").waitFor();
    expect(query(page)).toEqual({ last: "7d" });
    api().me = AUDITOR;
    await page.reload();

    await rows(page).first().waitFor();
    expect(forgive()).toEqual([]);
  });
});
