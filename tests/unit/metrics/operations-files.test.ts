// What is shipped for Grafana and Prometheus, and what the documentation says, is about metrics that exist.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { root } from "../../../dev/node/runtime.mjs";
import { COUNTERS, GAUGES } from "../../../src/metrics/families.ts";

const read = (path: string) => readFileSync(join(root, "docs", path), "utf8");

const FAMILIES: Readonly<Record<string, { readonly type: string; readonly labels: readonly string[] }>> = {
  ...COUNTERS,
  ...GAUGES,
};
const LABELS = new Set(Object.values(FAMILIES).flatMap(({ labels }) => labels));

/** The metrics that a text names, a histogram's series under its own name. */
function named(text: string): readonly string[] {
  const names = text.match(/\bgatehouse_[a-z_]+/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, "")))];
}

const unknown = (text: string) => named(text).filter((name) => !Object.hasOwn(FAMILIES, name));

/** Labels of each selector must be those of its metric, and groupings those of some. */
function strangeLabels(expr: string): readonly string[] {
  const selectors = [...expr.matchAll(/\b(gatehouse_[a-z_]+?)(?:_bucket|_sum|_count)?\{([^}]*)\}/g)];
  const matched = selectors.flatMap(([, name = "", matchers = ""]) =>
    [...matchers.matchAll(/(\w+)\s*[=!]/g)]
      .map(([, label = ""]) => label)
      .filter((label) => !FAMILIES[name]?.labels.includes(label)),
  );
  const grouped = [...expr.matchAll(/\b(?:by|ignoring) \(([\w, ]*)\)/g)]
    .flatMap(([, labels = ""]) => labels.split(/,\s*/))
    .filter((label) => label !== "" && !LABELS.has(label));
  return [...matched, ...grouped];
}

const Dashboard = z.object({
  uid: z.literal("gatehouse"),
  panels: z.array(
    z.object({
      id: z.int(),
      type: z.string(),
      title: z.string().min(1),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).optional(),
    }),
  ),
});

describe("the dashboard for Grafana", () => {
  const { panels } = Dashboard.parse(JSON.parse(read("operations/grafana-dashboard.json")));
  const targets = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

  it.each(targets)("%s asks for metrics and labels that exist", (_, expr) => {
    expect(named(expr)).not.toEqual([]);
    expect(unknown(expr)).toEqual([]);
    expect(strangeLabels(expr)).toEqual([]);
  });

  it("shows every metric somewhere", () => {
    expect(named(targets.map(([, expr]) => expr).join("\n")).toSorted()).toEqual(Object.keys(FAMILIES).sort());
  });

  it("has a place of its own for every panel", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const cells = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it("has a query in every panel that is no heading", () => {
    const silent = panels.filter(({ type, targets = [] }) => type !== "row" && targets.length === 0);

    expect(silent.map(({ title }) => title)).toEqual([]);
  });
});

describe("the rules for alerts", () => {
  const rules = read("operations/alerts.yaml");
  const tests = read("operations/alerts.test.yaml");
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = ""]) => name);

  it("are about metrics and labels that exist, and so are their tests", () => {
    expect([...unknown(rules), ...unknown(tests)]).toEqual([]);
    expect(strangeLabels(rules)).toEqual([]);
    expect(strangeLabels(tests)).toEqual([]);
  });

  it.each(alerts)("%s is tried by promtool and explained, once each", (alert) => {
    expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`));
    expect(tests).toMatch(new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]`));
    expect(read("metrics.md").match(new RegExp(`\`${alert}\``, "g"))).toHaveLength(1);
  });

  it("are so many", () => {
    expect(alerts).toHaveLength(12);
  });
});

it("the documentation has a row for every metric, with its labels, and for no other", () => {
  const table = read("metrics.md")
    .split("\n")
    .filter((line) => line.startsWith("| `gatehouse_"));

  const told = table.map((line) => line.split("|").map((cell) => cell.trim()));
  expect(told.map(([, name, labels]) => `${name} ${labels}`)).toEqual(
    Object.entries(FAMILIES).map(([name, { labels }]) => {
      const shown = labels.filter((label) => label !== "le").map((label) => `\`${label}\``);
      return `\`${name}\` ${shown.join(", ")}`;
    }),
  );
});
