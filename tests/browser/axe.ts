// A page as axe-core judges it, in the light and in the dark. Knows no types of a browser, so that tests of the stack can use it.

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
  const wasDark = await page.evaluate<boolean>('matchMedia("(prefers-color-scheme: dark)").matches');
  // Over the browser's own protocol, so that the page's policy, which forbids scripts from elsewhere, stays as it is.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(SOURCE);
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
