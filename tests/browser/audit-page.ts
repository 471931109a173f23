// A look at a page as an auditor of accessibility takes it: names, labels, headings, landmarks, ids, contrast and targets.
// A handful of the checks that such tools make, written here because none of them is among our dependencies.

import type { Page } from "playwright-core";

/** Runs in the page. Returns a line for each fault. */
function faultsOfStructure(): string[] {
  const isSeen = (element: Element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector: string) => [...document.querySelectorAll(selector)].filter(isSeen);
  const show = (element: Element) => element.outerHTML.slice(0, 120);
  const textOf = (id: string) => document.getElementById(id)?.textContent.trim() ?? "";
  const hasName = (element: Element) =>
    (element.getAttribute("aria-label") ?? "") !== "" ||
    (element.getAttribute("aria-labelledby") ?? "").split(" ").some((id) => id !== "" && textOf(id) !== "") ||
    element.textContent.trim() !== "";
  const isLabelled = (field: Element) =>
    field.closest("label") !== null || document.querySelector(`label[for="${CSS.escape(field.id)}"]`) !== null;
  const references = (name: string) =>
    all(`[${name}]`).flatMap((element) => (element.getAttribute(name) ?? "").split(" ").map((id) => ({ element, id })));
  const levels = all("h1, h2, h3, h4, h5, h6").map((heading) => Number(heading.tagName.slice(1)));
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);

  return [
    ...all("a[href], button, summary, dialog[open], [role=img]")
      .filter((it) => !hasName(it))
      .map((it) => `no name: ${show(it)}`),
    ...all("input, textarea, select")
      .filter((it) => !isLabelled(it))
      .map((it) => `no label: ${show(it)}`),
    ...all("nav, aside, section, form")
      .filter((it) => !it.hasAttribute("aria-label") && !it.hasAttribute("aria-labelledby"))
      .filter((it) => it.tagName !== "FORM")
      .map((it) => `landmark without a name: ${show(it)}`),
    ...["aria-describedby", "aria-labelledby"].flatMap((name) =>
      references(name)
        .filter(({ id }) => !document.getElementById(id))
        .map(({ element }) => `${name} leads nowhere: ${show(element)}`),
    ),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `id twice: ${id}`),
    ...(all("main").length === 1 ? [] : ["not one main"]),
    ...(levels.filter((level) => level === 1).length === 1 ? [] : [`not one h1: ${levels.join(" ")}`]),
    ...levels.flatMap((level, index) =>
      level - (levels[index - 1] ?? 0) > 1 ? [`a heading level is skipped: ${levels.join(" ")}`] : [],
    ),
    ...(document.documentElement.lang === "en" && document.title !== "" ? [] : ["no language or no title"]),
    ...all("[tabindex]")
      .filter((it) => Number(it.getAttribute("tabindex")) > 0)
      .map((it) => `own tab order: ${show(it)}`),
  ];
}

/** Runs in the page. WCAG 2.2, 1.4.3: 4.5, or 3 for large text; what is disabled is exempt. */
function faultsOfContrast(): string[] {
  type Colour = readonly [number, number, number, number];
  const parse = (text: string): Colour => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  const over = ([r, g, b, a]: Colour, [r2, g2, b2]: Colour): Colour => [
    r * a + r2 * (1 - a),
    g * a + g2 * (1 - a),
    b * a + b2 * (1 - a),
    1,
  ];
  const groundOf = (element: Element | null): Colour => {
    if (!element) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
  };
  const luminance = ([r, g, b]: Colour) => {
    const [red = 0, green = 0, blue = 0] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: Colour, other: Colour) => {
    const [light = 1, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faults = new Set<string>();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.textContent?.trim() ?? "";
    if (!element || words === "" || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(":disabled, .unseen-words, .skip")) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const ground = groundOf(element);
    const ratio = contrast(over(parse(color), ground), ground);
    const isLarge = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5))
      faults.add(`${ratio.toFixed(2)} "${words.slice(0, 30)}" ${color} on ${ground.join(",")}`);
  }
  return [...faults];
}

/** Runs in the page. For a thumb: 44 pixels high, but for a link inside a line of text. */
function faultsOfTargets(): string[] {
  const targets = [
    ...document.querySelectorAll("a[href], button, summary, label:has(input), input[type=text], textarea"),
  ];
  return targets
    .filter(
      (target) =>
        target.checkVisibility({ visibilityProperty: true }) && !target.closest("p, .skip, .step-more, .fingerprints"),
    )
    .filter((target) => !target.matches(".skip"))
    .map((target) => ({ target, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.height < 43.5)
    .map(({ target, box }) => `${Math.round(box.height)} high: ${target.outerHTML.slice(0, 100)}`);
}

export const structureOf = (page: Page): Promise<string[]> => page.evaluate(faultsOfStructure);
export const contrastOf = (page: Page): Promise<string[]> => page.evaluate(faultsOfContrast);
export const targetsOf = (page: Page): Promise<string[]> => page.evaluate(faultsOfTargets);

/** How far the page reaches beyond its right edge. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
