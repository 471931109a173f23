// The text that Prometheus reads: exposition format 0.0.4, families and series always in the same order.

import { BUCKETS, COUNTERS, GAUGES, STAGES } from "./families.ts";
import type { CounterName, Family, GaugeName } from "./families.ts";
import type { Counts } from "./tally.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One value of a gauge, its labels in the order of the family. */
export interface Gauge {
  readonly name: GaugeName;
  readonly labels: readonly string[];
  readonly value: number;
}

export function exposition(counts: Counts, gauges: readonly Gauge[]): string {
  return [...counterNames().flatMap((name) => counterLines(name, counts)), ...gaugeNames().flatMap(gaugeLines)].join(
    "",
  );

  function gaugeLines(name: GaugeName): string[] {
    const series = gauges.filter((gauge) => gauge.name === name);
    if (series.length === 0) return [];
    const lines = series.map(({ labels, value }) => line(name, pairs(GAUGES[name].labels, labels), value));
    return [head(name, GAUGES[name]), ...lines.sort()];
  }
}

function counterLines(name: CounterName, counts: Counts): string[] {
  const family: Family = COUNTERS[name];
  if (family.type === "histogram") return [head(name, family), ...histogramLines(name, counts)];
  const known = (family.values ?? (family.labels.length === 0 ? [""] : [])).map((value) => `${name} ${value}`.trim());
  const keys = new Set([...known, ...Object.keys(counts)]);
  const series = [...keys].flatMap((key) => {
    const [of, ...labels] = key.split(" ");
    // Counted by another version, whose labels were others.
    if (of !== name || labels.length !== family.labels.length) return [];
    return [line(name, pairs(family.labels, labels), counts[key] ?? 0)];
  });
  return [head(name, family), ...series.sort()];
}

function histogramLines(name: CounterName, counts: Counts): string[] {
  return STAGES.flatMap((stage) => {
    const of = (le: string) => counts[`${name} ${stage} ${le}`] ?? 0;
    let below = 0;
    const buckets = [...BUCKETS.map(String), "+Inf"].map((le) => {
      below += of(le);
      return line(
        `${name}_bucket`,
        [
          ["stage", stage],
          ["le", le],
        ],
        below,
      );
    });
    const own: Pair[] = [["stage", stage]];
    return [...buckets, line(`${name}_sum`, own, of("sum")), line(`${name}_count`, own, below)];
  });
}

type Pair = readonly [name: string, value: string];

function pairs(names: readonly string[], values: readonly string[]): Pair[] {
  return names.map((name, index) => [name, values[index] ?? ""]);
}

function head(name: string, { help, type }: { readonly help: string; readonly type: string }): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: readonly Pair[], value: number): string {
  const inner = labels.map(([label, text]) => `${label}="${escaped(text)}"`).join(",");
  return `${name}${inner === "" ? "" : `{${inner}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function counterNames(): readonly CounterName[] {
  return Object.keys(COUNTERS).filter((name): name is CounterName => Object.hasOwn(COUNTERS, name));
}

function gaugeNames(): readonly GaugeName[] {
  return Object.keys(GAUGES).filter((name): name is GaugeName => Object.hasOwn(GAUGES, name));
}
