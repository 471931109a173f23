// The page on a phone, in the dark, and for whoever audits it.

import { describe, expect, it } from "vitest";
import { auditPage, overflowOf, targetsOf } from "./audit-page.ts";
import { hasChromium } from "./chromium.ts";
import { RUN, RUN_ID, STARTED, SWITCHES } from "./sample-runs.ts";
import { BLOCKED, DRAIN, ENDED, INJECTED, RESTART, ROLLBACK, SCALE } from "./samples.ts";
import { stage } from "./stage.ts";
import { PHONE } from "./window.ts";
import type { Page } from "playwright-core";

const { api, open } = stage((prepared) => {
  prepared.put(SCALE, ROLLBACK, DRAIN, RESTART, BLOCKED, INJECTED, STARTED, ...ENDED);
  const steps = RUN.steps.map((step) => (step.id === "undo" ? { ...step, state: "ambiguous" as const } : step));
  prepared.runs.set(RUN_ID, { ...RUN, state: "ambiguous", message: "The answer was lost.", steps });
  prepared.switches = [...SWITCHES];
});

const PLACES = [
  ["the inbox", "/console/"],
  ["what has ended", "/console/approvals?state=ended"],
  ["a request", `/console/approvals/${ROLLBACK.id}`],
  ["a request of high risk", `/console/approvals/${DRAIN.id}`],
  ["one's own request", `/console/approvals/${RESTART.id}`],
  ["a blocked request", `/console/approvals/${BLOCKED.id}`],
  ["a request of long and hostile words", `/console/approvals/${INJECTED.id}`],
  ["a run that is unclear", `/console/approvals/${STARTED.id}?state=ended`],
  ["the kill switches", "/console/switches"],
  ["an address of nothing", "/console/somewhere"],
] as const;

/** With everything unfolded, and the form open where there is one. */
async function unfold(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector(".loading") === null);
  for (const more of await page.locator("main details").all()) await more.evaluate((it) => it.setAttribute("open", ""));
  const approve = page.getByRole("button", { name: "Approve…" });
  if ((await approve.count()) > 0 && (await approve.isEnabled())) await approve.click();
}

describe.skipIf(!hasChromium).each(PLACES)("%s", (_what, path) => {
  it("is well formed, and can be read in the light and in the dark", async () => {
    const page = await open(path);
    await unfold(page);

    expect(await auditPage(page)).toEqual([]);
  });

  it("fits on a phone, and can be used with a thumb", async () => {
    const page = await open(path, { viewport: PHONE, hasTouch: true, isMobile: true });
    await unfold(page);

    expect(await overflowOf(page)).toBe(0);
    expect(await targetsOf(page)).toEqual([]);
    expect(await auditPage(page)).toEqual([]);
  });
});

describe.skipIf(!hasChromium)("the looks", () => {
  it("are dark where the system is, and whatever one chooses, for the next time too", async () => {
    const page = await open("/console/", { colorScheme: "dark" });
    await page.locator(".card").first().waitFor();
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

    expect(await ground()).toBe("rgb(13, 16, 21)");
    await page.locator(".account summary").click();
    await page.getByLabel("light").check();
    expect(await ground()).toBe("rgb(245, 246, 248)");
    await page.reload();
    await page.locator(".card").first().waitFor();

    expect(await ground()).toBe("rgb(245, 246, 248)");
  });

  it("do not move for those who asked for less motion", async () => {
    const page = await open("/console/", { reducedMotion: "reduce" });
    await page.locator(".card").first().waitFor();

    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === "running").length,
    );

    expect(moving).toBe(0);
  });

  it("on a phone show one thing at a time: the list, or a request with a way back", async () => {
    const page = await open("/console/", { viewport: PHONE, hasTouch: true, isMobile: true });

    await page.locator(`[data-card="${ROLLBACK.id}"]`).tap();
    await page.locator("article.detail").waitFor();
    expect(await page.locator(".inbox-list").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Go to the decision" }).tap();
    await page.getByRole("button", { name: "Reject…" }).tap();
    await page.getByLabel("Reason").fill("Not now.");
    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).tap();
    await page.getByText("Rejected. It will not run.").waitFor();
    await page.getByRole("link", { name: "All requests" }).tap();

    await page.locator(".card").first().waitFor();
    expect(api().decisions()).toMatchObject([{ verdict: "reject", reason: "Not now." }]);
  });

  it("are those of a dialog, too", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();

    expect(await auditPage(page)).toEqual([]);
  });

  it("would be found wanting: the auditor is no ornament", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();
    await page.evaluate(() => {
      const main = document.querySelector("main");
      const button = document.createElement("button");
      const words = document.createElement("p");
      words.textContent = "hardly to be read";
      words.className = "faint";
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(".faint { color: light-dark(#aaa, #555) !important }");
      document.adoptedStyleSheets.push(sheet);
      main?.append(button, document.createElement("input"), document.createElement("h5"), words);
    });

    const found = await auditPage(page);

    for (const rule of ["button-name", "label", "heading-order"])
      expect(found).toContainEqual(expect.stringContaining(`light: ${rule}`));
    for (const scheme of ["light", "dark"])
      expect(found).toContainEqual(expect.stringMatching(`^${scheme}: color-contrast: .*hardly to be read`));
  });
});
