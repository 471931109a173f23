// `node dev/node/run.mjs bench/promql.ts`: what the PromQL guard costs, for the questions that are asked and for the worst.

import { checkPromql, MAX_QUERY_LENGTH } from "../k8s-proxy/src/contract/promql/index.ts";
import { median } from "./statistics.ts";

const ROUNDS = 31;
const WARM_UP = 500;
const NAMESPACES = ["shop", "shop-*", "payments"];

/** Run in the Worker for every query, and in the proxy again: less than a frame's worth of work, whatever is sent. */
export const MAX_TYPICAL_US = 500;
export const MAX_WORST_US = 50_000;

export interface PromqlFigure {
  readonly name: string;
  readonly characters: number;
  readonly isPermitted: boolean;
  /** Of one check, the median of the rounds. */
  readonly us: number;
  readonly goalUs: number;
}

const RATE = 'sum by (pod, namespace) (rate(http_requests_total{namespace="shop",code=~"5.."}[5m]))';
const TYPICAL = `${RATE} / ${RATE.replace(',code=~"5.."', "")} > 0.05`;

/** As long, as deep and as wide as may be: chosen by trying what the parser likes least. */
const WORST: Readonly<Record<string, string>> = {
  "a chain of offsets": `x{namespace="shop"}${" offset 1m".repeat(400)}`,
  "20 selectors full of matchers": Array.from({ length: 20 }, () => `a{namespace="shop"${',b="c"'.repeat(13)}}`).join(
    "+",
  ),
  "30 levels": `${"sum(".repeat(29)}up{namespace="shop"}${")".repeat(29)}`,
  "one string": `label_replace(up{namespace="shop"},"a","${"\\u00e9".repeat(650)}","","")`,
};

const REFUSED: Readonly<Record<string, string>> = {
  "a thousand open calls": "sum(".repeat(1_000),
  "four thousand signs": `${"-".repeat(4_000)}1`,
  "two thousand sums": `${"1+".repeat(2_000)}1`,
  "matchers without end": `x{${'a="b",'.repeat(640)}}`,
};

export function measurePromql(): readonly PromqlFigure[] {
  const worst = [...Object.entries(WORST), ...Object.entries(REFUSED)];
  return [
    measure("a typical query", TYPICAL, MAX_TYPICAL_US),
    ...worst.map(([name, query]) => measure(name, query.slice(0, MAX_QUERY_LENGTH), MAX_WORST_US)),
  ];
}

function measure(name: string, query: string, goalUs: number): PromqlFigure {
  const check = () => checkPromql(query, { namespaces: NAMESPACES });
  const times = goalUs === MAX_TYPICAL_US ? WARM_UP : ROUNDS;
  for (let warm = 0; warm < times; warm += 1) check();
  const rounds = Array.from({ length: times }, () => {
    const startedAt = performance.now();
    check();
    return (performance.now() - startedAt) * 1_000;
  });
  return { name, characters: query.length, isPermitted: check().ok, us: median(rounds), goalUs };
}

if (import.meta.main) {
  console.log(`the PromQL guard; goals: ${MAX_TYPICAL_US} µs for a typical query, ${MAX_WORST_US} µs for the worst\n`);
  for (const { name, characters, isPermitted, us, goalUs } of measurePromql()) {
    const verdict = us <= goalUs ? "met   " : "missed";
    console.log(
      `${verdict} ${name} (${characters} characters, ${isPermitted ? "permitted" : "refused"}): ${us.toFixed(0)} µs`,
    );
  }
}
