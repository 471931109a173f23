// From single measurements to what is said about them: middles of the rounds, ratios to the floors, aims met or not.

import { median } from "./statistics.ts";
import type { CellResult } from "./cell.ts";
import type { Shape } from "./plan.ts";
import type { Measured } from "./rounds.ts";
import type { Medium } from "./server.ts";

export interface Row extends CellResult {
  readonly target: string;
  readonly medium: Medium;
  readonly shape: Shape;
}

/** One row for every cell: the median of its rounds, figure by figure. */
export function rows(measured: readonly Measured[]): readonly Row[] {
  const groups = Map.groupBy(measured, ({ target, medium, shape }) => `${target} ${medium} ${shapeName(shape)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { target, medium, shape } = first;
    const results = group.map(({ result }) => result);
    return [{ target, medium, shape, ...middle(results) }];
  });
}

function middle(results: readonly CellResult[]): CellResult {
  const of = (pick: (result: CellResult) => number | undefined): number | undefined => {
    const values = results.map(pick).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : median(values);
  };
  const firstError = results.find((result) => result.firstError !== undefined)?.firstError;
  return {
    callsPerS: of(({ callsPerS }) => callsPerS) ?? 0,
    p50Ms: of(({ p50Ms }) => p50Ms) ?? 0,
    p99Ms: of(({ p99Ms }) => p99Ms) ?? 0,
    cpuUs: of(({ cpuUs }) => cpuUs),
    serverCores: of(({ serverCores }) => serverCores),
    generatorCores: of(({ generatorCores }) => generatorCores) ?? 0,
    errors: results.reduce((sum, { errors }) => sum + errors, 0),
    firstError,
  };
}

export function shapeName({ connections, depth }: Shape): string {
  return `${connections}×${depth}`;
}

export interface Comparison {
  readonly name: string;
  readonly ours: string;
  readonly floor: string;
  readonly medium: Medium;
  readonly figure: (result: CellResult) => number | undefined;
}

export interface Ratio {
  readonly shape: string;
  readonly ratio: number;
}

/** Both sides of a ratio come from the same round, seconds apart: a slow minute of the machine slows both. */
export function ratios(measured: readonly Measured[], { ours, floor, medium, figure }: Comparison): readonly Ratio[] {
  const found = measured.flatMap((one) => {
    if (one.target !== ours || one.medium !== medium) return [];
    const other = measured.find(
      (it) => it.target === floor && it.medium === medium && it.round === one.round && it.shape === one.shape,
    );
    const [above, below] = [figure(one.result), other && figure(other.result)];
    return above === undefined || below === undefined ? [] : [{ shape: shapeName(one.shape), ratio: above / below }];
  });
  const groups = Map.groupBy(found, ({ shape }) => shape);
  return [...groups].map(([shape, all]) => ({ shape, ratio: median(all.map(({ ratio }) => ratio)) }));
}

export interface Aim {
  readonly name: string;
  readonly aim: string;
  readonly measured: string;
  /** Undefined where it could not be measured here. */
  readonly isMet: boolean | undefined;
}

export function atMost(name: string, limit: number, value: { figure: number | undefined; unit: string }): Aim {
  return judge(name, value, { sign: "≤", limit, isMet: (figure) => figure <= limit });
}

export function atLeast(name: string, limit: number, value: { figure: number | undefined; unit: string }): Aim {
  return judge(name, value, { sign: "≥", limit, isMet: (figure) => figure >= limit });
}

interface Judgement {
  readonly sign: string;
  readonly limit: number;
  readonly isMet: (figure: number) => boolean;
}

function judge(
  name: string,
  { figure, unit }: { figure: number | undefined; unit: string },
  { sign, limit, isMet }: Judgement,
): Aim {
  const isKnown = figure !== undefined && !Number.isNaN(figure);
  return {
    name,
    aim: `${sign} ${limit}${unit}`,
    measured: isKnown ? `${figure.toFixed(2)}${unit}` : "not measured",
    isMet: isKnown ? isMet(figure) : undefined,
  };
}
