// A look at a page as an auditor of accessibility takes it: what axe finds, and what it does not measure.

import type { Page } from "playwright-core";

export { auditPage } from "./axe.ts";

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
