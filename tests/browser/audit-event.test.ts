// One row of the audit log: its story, whether it can be relied on, and its payload, which is opened by nobody unasked.

import { describe, expect, it } from "vitest";
import { auditPage, overflowOf } from "./audit-page.ts";
import { hasChromium } from "./chromium.ts";
import { at, AUDITOR, ENDING, READER, sampleRow, sampleRows, STORY } from "./sample-audit.ts";
import { HOSTILE } from "./samples.ts";
import { EVIDENCE, ScriptedAudit } from "./scripted-audit.ts";
import { stage } from "./stage.ts";
import { PHONE } from "./window.ts";
import type { AuditRow } from "../../console/src/audit/api.ts";
import type { Page } from "playwright-core";

const audits: ScriptedAudit[] = [];
const { api, open } = stage((prepared) => {
  prepared.me = AUDITOR;
  const made = new ScriptedAudit(prepared);
  made.rows = [...sampleRows(30), ...STORY, ENDING];
  made.events.set(ENDING.id, {
    timeline: [...STORY, ENDING],
    checkpoint: { seq: 1_200, ts: at(60_000), kid: "audit-2026-01" },
  });
  audits.push(made);
});
const audit = () => {
  const last = audits.at(-1);
  if (!last) throw new Error("nothing is prepared");
  return last;
};

const FIRST = sampleRow(1);

async function openEvent(row: AuditRow, options = {}): Promise<Page> {
  const where = new URLSearchParams({ last: "6h", at: row.ts });
  const page = await open(`/console/audit/${row.id}?${where.toString()}`, options);
  await page.locator(".event").waitFor();
  return page;
}

describe.skipIf(!hasChromium)("the story of a row", () => {
  it("is opened from the list, has an address, and is left again", async () => {
    const page = await open("/console/audit?last=6h");

    await page.locator(`[data-card="${ENDING.id}"]`).click();
    await page.locator(".event").waitFor();
    const { pathname, searchParams } = new URL(page.url());
    expect(pathname).toBe(`/console/audit/${ENDING.id}`);
    expect(Object.fromEntries(searchParams)).toEqual({ last: "6h", at: ENDING.ts });
    await page.getByRole("link", { name: "All rows" }).click();

    await page.waitForURL("**/console/audit?last=6h");
    expect(await page.locator(".event").count()).toBe(0);
    // The rows were there all the time; they were looked at again when the socket was open, and not for anything else.
    expect(audit().asked.length).toBeLessThanOrEqual(2);
  });

  it("tells what happened before it and how long each took to follow", async () => {
    const page = await openEvent(ENDING);

    const told = await page.locator(".timeline-entry").allTextContents();

    expect(told).toHaveLength(10);
    expect(told[0]).toBe("13:53:07.700start_runbook intentby agent/incident-triage");
    expect(told[2]).toBe("13:55:13.590+2 min 6 sapproval.approved okby access:oncall@example.com");
    expect(told[7]).toBe("13:55:23.900+2.70 srun.step rollout_undo ok");
    expect(await page.locator(".timeline-this").textContent()).toContain("start_runbook");
  });

  it("leads on to its other rows", async () => {
    const page = await openEvent(ENDING);

    await page.locator(".timeline").getByRole("link", { name: "approval.approved" }).click();

    await page.waitForURL(`**/audit/${STORY[2]?.id ?? ""}?**`);
    await page.getByRole("heading", { name: "approval.approved on eu-prod-1 / shop" }).waitFor();
  });

  it.each([
    ["this call", { last: "6h", call: "call-rollback" }],
    ["this session", { last: "6h", session: "session-3" }],
    ["this trace", { last: "6h", trace: "4bf92f3577b34da6a3ce929d0e0e4736" }],
    ["this actor", { last: "6h", actor: "agent/incident-triage" }],
    ["this approval", { last: "6h", approval: "0197a4c2-8d31-7c55-9a10-000000000002" }],
  ])("leads to all of %s", async (name, expected) => {
    const page = await openEvent(ENDING);

    await page.getByRole("navigation", { name: "More like this" }).getByRole("link", { name }).click();

    await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual(expected);
  });

  it("leads to every row of the trace, where the filter is a chip", async () => {
    const OTHER = "a".repeat(32);
    audit().rows = [...sampleRows(5).map((row) => ({ ...row, trace_id: OTHER })), ...STORY, ENDING];
    const page = await openEvent(ENDING);

    await page.getByRole("link", { name: "this trace", exact: true }).click();

    await page.waitForURL("**/console/audit?last=6h&trace=4bf92f3577b34da6a3ce929d0e0e4736");
    const chip = page.getByRole("list", { name: "Filters" }).getByRole("link");
    expect(await chip.textContent()).toBe("Remove Trace4bf92f3577b34da6a3ce929d0e0e4736");
    await expect.poll(() => page.locator("[data-card]").count()).toBe(STORY.length + 1);
    await chip.click();
    await expect.poll(() => page.locator("[data-card]").count()).toBe(STORY.length + 6);
  });

  it("leads to the request that was approved", async () => {
    const page = await openEvent(ENDING);

    await page.getByRole("link", { name: "The request itself" }).click();

    await page.waitForURL("**/console/approvals/0197a4c2-8d31-7c55-9a10-000000000002?state=ended");
  });

  it("is copied as one line of NDJSON", async () => {
    const page = await openEvent(FIRST);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

    await page.getByRole("button", { name: "Copy this row" }).click();
    await page.getByRole("status").getByText("Copied 1 row as NDJSON.").waitFor();

    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${JSON.stringify(FIRST)}\n`);
  });

  it("that cannot be had says why", async () => {
    api().failing.set(FIRST.id, { status: 404, reason: "not_found", detail: "No row has this id at this time." });
    const page = await open(`/console/audit/${FIRST.id}?last=6h&at=${FIRST.ts}`);

    await page.getByRole("alert").getByText("No row has this id at this time.").waitFor();
  });
});

describe.skipIf(!hasChromium)("whether a row can be relied on", () => {
  it.each([
    ["intact", "This row is as it was written"],
    ["broken", "This row is not what was written"],
    ["predecessor_not_found", "The row before it is not here"],
  ] as const)("is said in a sentence: %s", async (intact, words) => {
    audit().events.set(FIRST.id, { intact });
    const page = await openEvent(FIRST);

    const block = page.getByRole("region", { name: "Integrity" });

    await block.getByText(words).waitFor();
    await block.getByText("No signed checkpoint covers it yet").waitFor();
    expect(await block.locator(".hash").allTextContents()).toContain("e0".repeat(32));
  });

  it("is vouched for by a checkpoint where there is one", async () => {
    const page = await openEvent(ENDING);

    await page
      .getByText("The signed checkpoint of row 1200, written at 13:59 with the key audit-2026-01, covers it")
      .waitFor();
  });
});

describe.skipIf(!hasChromium)("the payload", () => {
  it("is asked for only when somebody says so, after having been told that it is recorded", async () => {
    audit().payload = { params: { pod: "cart-1", tail: 200 }, params_digest: "ab".repeat(32), record: '{"seq":1}' };
    const page = await openEvent(FIRST);

    await page.getByRole("tab", { name: "Payload" }).click();
    await page.getByText("Opening it is recorded").waitFor();
    expect(audit().opened).toEqual([]);
    await page.getByRole("button", { name: "Open the payload" }).click();

    await page.getByRole("region", { name: "The parameters" }).waitFor();
    expect(await page.locator("pre").first().textContent()).toBe(JSON.stringify({ pod: "cart-1", tail: 200 }, null, 2));
    await page.getByRole("tab", { name: "What happened" }).click();
    await page.getByRole("tab", { name: "Payload" }).click();
    await page.getByRole("region", { name: "The parameters" }).waitFor();
    expect(audit().opened).toEqual([FIRST.id]);
  });

  it("is not offered to whoever may not see it, nor where there is none", async () => {
    api().me = READER;
    const page = await openEvent(FIRST);
    expect(await page.getByRole("tab").count()).toBe(0);

    api().me = AUDITOR;
    audit().rows = [{ ...FIRST, has_payload: false }];
    const other = await openEvent(FIRST);

    expect(await other.getByRole("tab").count()).toBe(0);
    expect(audit().opened).toEqual([]);
  });

  it("that is refused says why, and is not shown for another row", async () => {
    api().failing.set(`payload/${FIRST.id}`, { status: 403, reason: "permission_denied", detail: "Ask an auditor." });
    const page = await openEvent(FIRST);
    await page.getByRole("tab", { name: "Payload" }).click();
    await page.getByRole("button", { name: "Open the payload" }).click();
    await page.getByRole("alert").getByText("Ask an auditor.").waitFor();

    await page.locator(`[data-card="${sampleRow(2).id}"]`).click();

    await page.getByRole("tab", { name: "What happened", selected: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(audit().opened).toEqual([]);
  });

  it("stays text, whatever was asked", async () => {
    audit().payload = { params: { [HOSTILE]: [HOSTILE, "x".repeat(5_000)] }, record: HOSTILE };
    const page = await openEvent(FIRST, { viewport: PHONE, hasTouch: true, isMobile: true });
    await page.getByRole("tab", { name: "Payload" }).tap();
    await page.getByRole("button", { name: "Open the payload" }).tap();
    await page.locator("pre").first().waitFor();

    expect(await page.locator("main :is(img, script, i, iframe, [onerror])").count()).toBe(0);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
    expect(await overflowOf(page)).toBe(0);
    expect(await auditPage(page)).toEqual([]);
  });
});

describe.skipIf(!hasChromium)("the log as evidence", () => {
  const mark = (page: Page) => page.locator(".evidence");

  it("says how far it is verified, and what is signed", async () => {
    const page = await open("/console/audit?last=6h");

    await page.getByRole("button", { name: "Verified up to 13:58" }).click();
    const dialog = page.getByRole("dialog", { name: "The log as evidence" });
    await dialog.getByText("184,302").waitFor();
    await dialog.getByText("of 2026-03-11, over 42 chains").waitFor();
    expect(await auditPage(page)).toEqual([]);
    await page.keyboard.press("Escape");

    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toContain("evidence");
  });

  it("says in red what is wrong, with chain and row", async () => {
    const fault = { kind: "tampered", chain_id: "session-3", seq: 41, detail: HOSTILE, found_at: at(120_000) } as const;
    audit().evidence = {
      ...EVIDENCE,
      faults: [fault, { kind: "root", detail: "Day 2026-03-10.", found_at: at(9_000) }],
    };
    const page = await open("/console/audit?last=6h");

    await page.getByRole("button", { name: "2 faults found in the log" }).click();

    const dialog = page.getByRole("dialog");
    await dialog.getByText("A row was changed: chain session-3, row 41").waitFor();
    expect(await dialog.locator("img, script").count()).toBe(0);
    expect(await auditPage(page)).toEqual([]);
  });

  it.each([
    [
      "Not verified yet",
      { ...EVIDENCE, verified_up_to: undefined, last_root: undefined, last_checkpoint_at: undefined },
    ],
    ["Verified up to 13:58", { ...EVIDENCE, quarantined: 3 }],
  ])("does not look good where it is not: %s", async (words, evidence) => {
    audit().evidence = evidence;
    const page = await open("/console/audit?last=6h");

    await mark(page).getByText(words).waitFor();

    expect(await mark(page).getAttribute("class")).toContain("evidence-warning");
  });

  it("is looked at again when it has changed", async () => {
    const page = await open("/console/audit?last=6h");
    await page.getByRole("button", { name: "Verified up to 13:58" }).waitFor();
    audit().evidence = { ...EVIDENCE, verified_up_to: at(0) };

    api().tellOf({ changed: "audit" });
    await page.clock.runFor(31_000);

    await page.getByRole("button", { name: "Verified up to 14:00" }).waitFor();
  });
});
