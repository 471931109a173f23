// A look at a page as an auditor of accessibility takes it: axe-core's rules in the light and in the dark, and what axe does not measure.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

/** As it stands in the page once its source has run there. */
declare const axe: { run(options: RunOptions): Promise<AxeResults> };

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ALWAYS: RunOptions = { resultTypes: ["violations"], iframes: false };
const RUNS = {
  // All of WCAG up to 2.2 AA, and what axe holds to be good practice: landmarks, headings and their order.
  light: { ...ALWAYS, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  // Of it, what can be another in the dark: nothing but colours.
  dark: { ...ALWAYS, runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } },
} as const satisfies Record<string, RunOptions>;

/** A line for each violation, in the light and in the dark. Of what is hidden, or behind a dialog, axe says nothing. */
export async function auditPage(page: Page): Promise<readonly string[]> {
  const wasDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  // Over the browser's own protocol, so that the page's policy, which forbids scripts from elsewhere, stays as it is.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const violation of await violationsOf(page, RUNS[colorScheme])) found.push(`${colorScheme}: ${violation}`);
  }
  await page.emulateMedia({ colorScheme: wasDark ? "dark" : "light" });
  return found;
}

async function violationsOf(page: Page, wanted: RunOptions): Promise<readonly string[]> {
  const { violations } = await page.evaluate((options) => axe.run(options), wanted);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any, all, none }) => {
      const [why] = [...any, ...all, ...none].map(({ message }) => message);
      return `${id}: ${html.slice(0, 120)} ${why ?? ""}`.trim();
    }),
  );
}

/** Runs in the page. For a thumb: 44 pixels high, but for a link inside a line of text. */
function faultsOfTargets(): string[] {
  const targets = [
    ...document.querySelectorAll("a[href], button, summary, label:has(input), input[type=text], textarea"),
  ];
  return (
    targets
      .filter(
        (target) =>
          target.checkVisibility({ visibilityProperty: true }) &&
          !target.closest("p, .skip, .step-more, .fingerprints"),
      )
      .filter((target) => !target.matches(".skip"))
      // A link may be stretched over the line in which it stands: then that is what is hit.
      .map((target) => {
        const isStretched = getComputedStyle(target, "::after").position === "absolute";
        const hit = isStretched ? (target.closest("tr") ?? target) : target;
        return { target, box: hit.getBoundingClientRect() };
      })
      .filter(({ box }) => box.height < 43.5)
      .map(({ target, box }) => `${Math.round(box.height)} high: ${target.outerHTML.slice(0, 100)}`)
  );
}

export const targetsOf = (page: Page): Promise<string[]> => page.evaluate(faultsOfTargets);

/** How far the page reaches beyond its right edge. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
