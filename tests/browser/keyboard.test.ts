// Everything can be done with a keyboard, and what is done is said to those who do not see it.

import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { BLOCKED, DRAIN, NOW, RESTART, ROLLBACK, SCALE } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open, openCard } = stage((prepared) => prepared.put(SCALE, ROLLBACK, DRAIN, RESTART, BLOCKED));

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-card"));

/** Presses Tab until something says that it is there, or gives up. */
async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<boolean> {
  for (let presses = 0; presses < 80; presses++) {
    if (await isThere()) return true;
    await page.keyboard.press("Tab");
  }
  return false;
}

describe.skipIf(!hasChromium)("with a keyboard alone", () => {
  it("one goes from request to request, opens one, approves it and goes back", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();

    await page.keyboard.press("j");
    await page.keyboard.press("j");
    expect(await focused(page)).toBe(ROLLBACK.id);
    await page.keyboard.press("k");
    expect(await focused(page)).toBe(DRAIN.id);
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe(ROLLBACK.id);
    await page.keyboard.press("Enter");
    await page.locator("article.detail").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("request-title");

    await page.keyboard.press("a");
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
    await page.keyboard.type("all good, j k a r ?");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Approved. Nothing has run yet.").waitFor();
    expect(api().decisions()).toMatchObject([{ verdict: "approve", reason: "all good, j k a r ?" }]);
    await page.waitForFunction(() => document.activeElement?.id === "decision");

    await page.keyboard.press("Escape");
    await page.waitForFunction((id) => document.activeElement?.getAttribute("data-card") === id, ROLLBACK.id);
    expect(await page.locator("article.detail").count()).toBe(0);
  });

  it("one opens the form to reject, and leaves it without leaving the request", async () => {
    const page = await openCard(ROLLBACK);
    await page.locator("article.detail").waitFor();

    await page.keyboard.press("r");
    await page.getByRole("form", { name: "Reject" }).waitFor();
    await page.keyboard.press("Escape");

    await page.waitForFunction(() => document.activeElement?.id === "choose-reject");
    expect(await page.locator("article.detail").count()).toBe(1);
    expect(api().decisions()).toEqual([]);
  });

  it("one sees the keys, and can switch them off", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();

    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.getByLabel("Single-letter keys are switched on").press("Space");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.keyboard.press("j");

    expect(await focused(page)).toBeNull();
    await page.reload();
    await page.locator(".card").first().waitFor();
    await page.keyboard.press("?");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("one reaches everything with Tab, in the order in which it stands, and comes out again", async () => {
    const page = await openCard(ROLLBACK);
    await page.locator("article.detail").waitFor();

    const all: string[] = [];
    const name = () => page.evaluate(() => document.activeElement?.textContent.trim().slice(0, 30) ?? "");
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      all.push(await name());
    }
    // It began in the middle, where the title of the request has the focus.
    const seen = all.slice(all.indexOf("Skip to the page"));

    const places = ["Skip to the page", "Approvals5", "Open", "Ended", "Approve…", "Reject…"].map((start) =>
      seen.findIndex((text) => text.startsWith(start)),
    );
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    // Round once: the end of the page leads to its beginning.
    expect(seen.filter((text) => text === "Skip to the page").length).toBeGreaterThan(1);
  });

  it("one skips the navigation", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();

    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");

    expect(await page.evaluate(() => document.activeElement?.id)).toBe("page");
  });

  it("one sees where one is", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();
    const outline = () =>
      page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
        return `${outlineStyle} ${outlineWidth}`;
      });

    expect(await tabTo(page, async () => (await focused(page)) !== null)).toBe(true);

    expect(await outline()).toBe("solid 2px");
  });

  it("one steps through requests where only one fits on the page", async () => {
    const page = await openCard(DRAIN, { viewport: { width: 375, height: 812 } });
    await page.locator("article.detail").waitFor();

    await page.keyboard.press("j");

    await page.waitForURL(`**/${ROLLBACK.id}`);
  });
});

describe.skipIf(!hasChromium)("to those who listen", () => {
  it("time is said a few times, and not each second", async () => {
    const page = await openCard(ROLLBACK);
    await page.locator("article.detail").waitFor();
    const said = page.locator("[aria-live=polite]");
    const heard: (string | null)[] = [];

    for (let step = 0; step < 60; step++) {
      await page.clock.runFor("00:10");
      const words = await said.textContent();
      if (words !== heard.at(-1)) heard.push(words);
    }

    expect(heard).toEqual([
      "",
      "This request expires in 5 minutes.",
      expect.stringMatching(/^This request expires in (60|5\d) seconds\.$/),
      expect.stringMatching(/^This request expires in 1?\d seconds\.$/),
      "This request has expired.",
    ]);
  });

  it("the countdown is a time of day", async () => {
    const page = await openCard(ROLLBACK);

    const countdown = page.locator(".detail-marks .countdown");
    await countdown.waitFor();

    expect(await countdown.getByText("expires at 14:09").count()).toBe(1);
    const ticking = countdown.locator("[aria-hidden=true]", { hasText: /\d:\d\d/ });
    const [, minutes, seconds] = /(\d+):(\d\d)/.exec((await ticking.textContent()) ?? "") ?? [];
    const shownS = Number(minutes) * 60 + Number(seconds);
    // What has gone by since the page was opened is taken off, and no more.
    const goneMs = await page.evaluate((openedAt) => Date.now() - openedAt, NOW);
    expect(shownS).toBeLessThanOrEqual(582);
    expect(shownS).toBeGreaterThanOrEqual(581 - goneMs / 1_000);
  });
});
