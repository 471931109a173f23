// The colours of a chart, as the styles have them: a canvas knows nothing of custom properties.

import type { ChartTone } from "./figures.ts";

export interface Palette {
  readonly ink: string;
  readonly line: string;
  readonly font: string;
  readonly of: (tone: ChartTone) => string;
}

/** Asks elements that bear the colours: a custom property of its own says `light-dark(…)`, and not which of both. */
export function readPalette(element: HTMLElement): Palette {
  const { color, fontFamily, borderBottomColor } = getComputedStyle(element);
  const colours = new Map<string, string>();
  for (const swatch of element.querySelectorAll<HTMLElement>("[data-tone]"))
    colours.set(swatch.dataset.tone ?? "", getComputedStyle(swatch).color);
  return {
    ink: color,
    line: borderBottomColor,
    font: `11px ${fontFamily}`,
    of: (tone) => colours.get(tone) ?? color,
  };
}
