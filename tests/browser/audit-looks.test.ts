// The audit log on a phone, with a keyboard alone, with hostile words in it, with a thousand rows, and for whoever audits the page.

import { describe, expect, it } from "vitest";
import { auditPage, overflowOf, targetsOf } from "./audit-page.ts";
import { hasChromium } from "./chromium.ts";
import { AUDITOR, ENDING, HOSTILE_ROW, sampleRow, sampleRows, STORY } from "./sample-audit.ts";
import { HOSTILE } from "./samples.ts";
import { ScriptedAudit } from "./scripted-audit.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const audits: ScriptedAudit[] = [];
const { open } = stage((prepared) => {
  prepared.me = AUDITOR;
  const audit = new ScriptedAudit(prepared);
  audit.rows = [...sampleRows(40), ...STORY, ENDING, HOSTILE_ROW];
  audits.push(audit);
  audit.events.set(ENDING.id, { timeline: [...STORY, ENDING] });
  audit.events.set(HOSTILE_ROW.id, { intact: "broken" });
});

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
const placeOf = ({ id, ts }: { readonly id: string; readonly ts: string }) =>
  `/console/audit/${id}?${new URLSearchParams({ last: "24h", at: ts }).toString()}`;

const PLACES = [
  ["what is found", "/console/audit?last=24h"],
  ["a narrow search", "/console/audit?last=24h&actor=agent%2Fincident-triage&outcome=failed&outcome=refused"],
  ["nothing found", "/console/audit?last=15m&tool=nothing"],
  ["an impossible address", "/console/audit?last=2h"],
  ["a story", placeOf(ENDING)],
  ["a row of hostile words", placeOf(HOSTILE_ROW)],
] as const;

/** Everything that can be unfolded. */
async function unfold(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector(".loading") === null);
  for (const more of await page.locator("main details").all()) await more.evaluate((it) => it.setAttribute("open", ""));
  for (const name of ["Table", "From … to …", "Narrow by value"]) {
    const button = page.getByRole("button", { name });
    if ((await button.count()) > 0 && (await button.first().isVisible())) await button.first().click();
  }
}

describe.skipIf(!hasChromium).each(PLACES)("%s", (_what, path) => {
  it("can be read by everybody, in the light and in the dark", async () => {
    const page = await open(path);
    await unfold(page);

    expect(await auditPage(page)).toEqual([]);
  });

  it("fits on a phone, and can be used with a thumb", async () => {
    const page = await open(path, PHONE);
    await unfold(page);

    expect(await overflowOf(page)).toBe(0);
    expect(await targetsOf(page)).toEqual([]);
    expect(await auditPage(page)).toEqual([]);
  });
});

describe.skipIf(!hasChromium)("on a phone", () => {
  it("one thing is shown at a time: the rows, or one of them with a way back", async () => {
    const page = await open("/console/audit?last=24h", PHONE);

    await page.locator(`[data-card="${ENDING.id}"]`).tap();
    await page.locator(".event").waitFor();
    expect(await page.locator(".audit-main").isVisible()).toBe(false);
    await page.getByRole("link", { name: "All rows" }).tap();

    await page.locator(".rows").waitFor();
    expect(await page.locator(".event").count()).toBe(0);
  });

  it("the values are folded until they are asked for", async () => {
    const page = await open("/console/audit?last=24h", PHONE);
    const value = page.getByRole("link", { name: /^ok/ });
    await page.locator(".rows").waitFor();
    expect(await value.isVisible()).toBe(false);

    await page.getByRole("button", { name: "Narrow by value" }).tap();
    await value.tap();

    await page.waitForURL("**/audit?last=24h&outcome=ok");
  });
});

describe.skipIf(!hasChromium)("with a keyboard alone", () => {
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-card"));

  it("one goes from row to row, opens one, reads on and goes back", async () => {
    const page = await open("/console/audit?last=24h");
    await page.locator(".rows").waitFor();

    await page.keyboard.press("j");
    expect(await focused(page)).toBe(HOSTILE_ROW.id);
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("k");
    expect(await focused(page)).toBe(sampleRow(1).id);
    await page.keyboard.press("Enter");
    await page.locator(".event").waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "H2");

    await page.getByRole("tab", { name: "What happened" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Payload");
    await page.keyboard.press("Escape");

    await page.waitForURL("**/console/audit?last=24h");
    await expect.poll(() => focused(page)).toBe(sampleRow(1).id);
  });

  it("one types j and k into fields as everywhere", async () => {
    const page = await open("/console/audit?last=24h");
    await page.locator(".rows").waitFor();
    const field = page.getByLabel("Is exactly");

    await field.focus();
    await page.keyboard.type("jkj");

    expect(await field.inputValue()).toBe("jkj");
    expect(await focused(page)).toBeNull();
  });
});

describe.skipIf(!hasChromium)("text from outside", () => {
  const SHOWN = HOSTILE.replace("\u202e", "U+202E").replace("\u202c", "U+202C").replace("\u200b", "U+200B");

  it("is shown as it is in the rows, the values, the chips and the story", async () => {
    const page = await open(`${placeOf(HOSTILE_ROW)}&reason=${encodeURIComponent(HOSTILE)}`);
    await page.locator(".event").waitFor();
    await page.locator(".rows").waitFor();
    const shownIn = async (place: string) =>
      (
        await page
          .locator(place)
          .first()
          .evaluate((it) => it.textContent)
      ).split(SHOWN).length - 1;

    expect(await shownIn(".chips")).toBe(1);
    // Time's name, actor, on behalf of, action, place twice, reason.
    expect(await shownIn(".rows tbody tr")).toBe(7);
    expect(await shownIn(".facets")).toBeGreaterThanOrEqual(8);
    expect(await shownIn(".facts")).toBeGreaterThanOrEqual(10);
    expect(await page.locator("main").evaluate((it) => it.textContent)).not.toMatch(/[\u202e\u202c\u200b]/);
    // Four numbers of the legend are bold, and that is all.
    expect(await page.locator("main :is(img, script, b, i, iframe, [onerror])").evaluateAll((all) => all.length)).toBe(
      4,
    );
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
  });
});

describe.skipIf(!hasChromium)("a thousand rows", () => {
  /** What the page itself has worked, in seconds: other work on this machine does not count. */
  async function stopwatch(page: Page): Promise<() => Promise<number>> {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const worked = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    };
    const begun = await worked();
    return async () => (await worked()) - begun;
  }

  it("are not drawn again when one of them is opened, and the page stays quick", { timeout: 120_000 }, async () => {
    for (const audit of audits.slice(-1)) audit.rows = sampleRows(1_200);
    const page = await open("/console/audit?last=24h");
    for (let loaded = 100; loaded < 1_000; loaded += 100) {
      await page.getByRole("button", { name: "Load older rows" }).press("Enter");
      await page.waitForFunction((count) => document.querySelectorAll(".rows tbody tr").length === count, loaded + 100);
    }
    await page.evaluate(() => {
      const seen: MutationRecord[] = [];
      const observer = new MutationObserver((records) => seen.push(...records));
      const list = document.querySelector(".rows tbody");
      if (list) observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
      Object.assign(window, { changes: () => seen.length });
    });

    const worked = await stopwatch(page);
    await page.evaluate(() => document.querySelector<HTMLElement>(".rows tbody tr:nth-child(500) a")?.click());
    await page.locator(".event").waitFor();
    const seconds = await worked();

    // The row that is open now, and nothing of the others.
    expect(await page.evaluate<number>("window.changes()")).toBeLessThan(6);
    expect(seconds).toBeLessThan(1.5);
  });
});
