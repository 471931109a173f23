// Keeps a plot in an element: as wide as that, with the figures and the colours of the moment.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";
import { readPalette } from "./palette.ts";
import { dataOf, optionsOf } from "./plot.ts";
import type { Figures, Span } from "./figures.ts";
import type { Palette } from "./palette.ts";
import type { ChartShape } from "./plot.ts";

export interface Wanted {
  readonly figures: Figures;
  readonly shape: ChartShape;
  readonly heightPx: number;
  readonly sayValue: (value: number) => string;
  readonly onBrush: ((span: Span) => void) | undefined;
}

export function usePlot(wanted: Wanted) {
  const root = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const now = useRef(wanted);
  const kept = useRef<Kept | undefined>(undefined);
  const [pointed, setPointed] = useState<number>();
  now.current = wanted;
  const { figures, shape, heightPx } = wanted;
  const canBrush = wanted.onBrush !== undefined;
  const names = figures.series.map(({ key }) => key).join(" ");

  useEffect(() => {
    const [frame, element] = [root.current, place.current];
    if (!frame || !element) return;
    const made = keep(frame, element, { now: () => now.current, setPointed });
    kept.current = made;
    return made.end;
  }, [shape, heightPx, canBrush, names]);
  useEffect(() => kept.current?.plot.setData(dataOf(figures, shape)), [figures, shape]);
  useRecolour(() => kept.current?.recolour());
  return { root, place, pointed };
}

interface Kept {
  readonly plot: uPlot;
  readonly recolour: () => void;
  readonly end: () => void;
}

interface Ties {
  readonly now: () => Wanted;
  readonly setPointed: (index: number | undefined) => void;
}

function keep(frame: HTMLElement, element: HTMLElement, { now, setPointed }: Ties): Kept {
  let palette: Palette = readPalette(frame);
  const { shape, heightPx, sayValue, onBrush } = now();
  const options = optionsOf(
    {
      figures: () => now().figures,
      palette: () => palette,
      shape,
      sayValue,
      onPoint: setPointed,
      onBrush: onBrush && ((span) => now().onBrush?.(span)),
    },
    { width: Math.max(1, element.clientWidth), height: heightPx },
  );
  const plot = new uPlot(options, dataOf(now().figures, shape), element);
  const observer = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: heightPx });
  });
  observer.observe(element);
  return {
    plot,
    recolour: () => {
      palette = readPalette(frame);
      // Bars keep their colour with their paths.
      plot.redraw();
    },
    end: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}

/** Calls back when it gets dark or light: by choice, or because the system does. */
function useRecolour(recolour: () => void): void {
  const { preferences } = useConsole();
  const { theme } = useWatched(preferences);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    recolour();
    dark.addEventListener("change", recolour);
    return () => dark.removeEventListener("change", recolour);
  }, [theme]);
}
