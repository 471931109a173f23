// What comes from outside stays text, the page's own rules hold, and nothing secret is kept in the browser.

import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { RUN, RUN_ID, STARTED } from "./sample-runs.ts";
import { HOSTILE, INJECTED, ROLLBACK } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open, openCard, forgive } = stage((prepared) => prepared.put(ROLLBACK, INJECTED));

/** As written, but for the characters that are made visible. */
const SHOWN = HOSTILE.replace("\u202e", "U+202E").replace("\u202c", "U+202C").replace("\u200b", "U+200B");

const isHit = (page: Page) => page.evaluate(() => "hit" in window);
const elements = (page: Page) => page.locator("main :is(img, script, b, i, iframe, [style], [onerror])").count();

describe.skipIf(!hasChromium)("text from outside", () => {
  it("is shown as it is in every part of a request", async () => {
    const page = await openCard(INJECTED);
    await page.locator("article.detail").waitFor();
    for (const more of await page.locator("article details").all())
      await more.evaluate((it) => it.setAttribute("open", ""));

    const shown = await page.locator("article.detail").evaluate((it) => it.textContent);

    // Title, on behalf of, reason, parameter, object, budget, step, tool, summary, path and before, argument.
    expect(shown.split(SHOWN).length - 1).toBe(12);
    expect(shown).not.toMatch(/[\u202e\u202c\u200b]/);
    expect(await elements(page)).toBe(0);
    expect(await isHit(page)).toBe(false);
  });

  it("is shown as it is in the list, in a run and in what the server refuses", async () => {
    api().put({ ...STARTED, run_id: RUN_ID });
    const steps = RUN.steps.map((step) => ({
      ...step,
      does: HOSTILE,
      message: HOSTILE,
      output: { [HOSTILE]: HOSTILE },
    }));
    api().runs.set(RUN_ID, { ...RUN, message: HOSTILE, steps });
    api().failing.set("switches", { status: 503, reason: "x", detail: HOSTILE });
    const page = await openCard(STARTED);
    await page.locator(".run-steps").waitFor();

    expect(await elements(page)).toBe(0);
    await page.getByRole("link", { name: "Kill switches" }).click();
    await page.getByRole("alert").waitFor();
    expect(await elements(page)).toBe(0);
    expect(await isHit(page)).toBe(false);
  });
});

describe.skipIf(!hasChromium)("the content security policy", () => {
  it("is sent with the page, and strict", async () => {
    const page = await open();

    const { headers } = await page.evaluate(async () => {
      const response = await fetch("/console/approvals/anything");
      return { headers: Object.fromEntries(response.headers) };
    });

    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*|http:/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
  });

  it("would be seen to be broken by these tests", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();
    const breached = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          const image = document.createElement("img");
          image.src = "https://elsewhere.example/x.png";
          document.body.append(image);
        }),
    );

    expect(await breached).toBe("img-src");
    await expect.poll(forgive).toMatchObject([expect.stringContaining("Content Security Policy")]);
  });

  it("forbids to make markup out of text at all", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();

    const outcome = await page.evaluate(() => {
      try {
        document.createElement("p").innerHTML = "<b>x</b>";
        return "allowed";
      } catch (cause) {
        return cause instanceof TypeError ? "refused" : "?";
      }
    });

    expect(outcome).toBe("refused");
    await expect.poll(forgive).toMatchObject([expect.stringContaining("TrustedHTML")]);
  });
});

describe.skipIf(!hasChromium)("signing in with a key", () => {
  it("keeps the key nowhere, and comes back to where one was", async () => {
    api().me = undefined;
    const page = await openCard(ROLLBACK);

    await page.getByLabel("API key").fill("ghk_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This key is not known here.").waitFor();
    await page.getByLabel("API key").fill("ghk_right");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("article.detail").waitFor();

    const kept = await page.evaluate(
      () => [localStorage, sessionStorage].map((kept) => JSON.stringify(kept)).join() + location.href,
    );
    expect(kept).not.toContain("ghk_");
    expect(await page.getByLabel("API key").count()).toBe(0);
  });

  it("is not offered where Access stands before the door", async () => {
    api().me = undefined;
    api().signIn = "access";
    const page = await open();

    await page.getByRole("button", { name: "Reload and sign in" }).waitFor();

    expect(await page.locator("input").count()).toBe(0);
  });

  it("ends with signing out", async () => {
    const page = await open();
    await page.locator(".account summary").click();

    await page.getByRole("button", { name: "Sign out" }).click();

    await page.getByLabel("API key").waitFor();
  });
});
