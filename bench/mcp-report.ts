// What was found about the two engines: a table of microseconds, and the ratios with the aim beside each.

import { styled, table } from "../dev/stack/terminal.ts";
import { verdict } from "./verdict.ts";
import { ALONE, ENGINES, LOW_LEVEL, MCP_SERVER, TRANSPORTS, WHOLE, WITH_JOURNAL } from "./mcp-plan.ts";
import { median } from "./statistics.ts";
import { atMost } from "./summary.ts";
import type { McpMeasured } from "./mcp.ts";
import type { Transport } from "./mcp-plan.ts";
import type { Aim } from "./summary.ts";

export interface McpReport {
  /** CPU µs per request, medians of the rounds. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly aims: readonly Aim[];
}

/** Of the CPU that the SDK takes for the same request. */
const AIM = 0.2;

export function mcpReport(measured: readonly McpMeasured[]): McpReport {
  const by = Map.groupBy(measured, ({ way, transport, question }) =>
    [way, transport, question.revision, question.method].join(" "),
  );
  const rows = [...by].map(([request, group]) => {
    const cells = ENGINES.map(({ name }) => [name, middle(group.filter(({ engine }) => engine === name))] as const);
    return { "CPU µs": request, ...Object.fromEntries(cells) };
  });
  return { rows: rows.toSorted((a, b) => (a["CPU µs"] < b["CPU µs"] ? 1 : -1)), aims: aims(measured) };
}

function middle(group: readonly McpMeasured[]): string {
  const values = group.flatMap(({ cpuUs }) => cpuUs ?? []);
  return values.length === 0 ? "-" : median(values).toFixed(0);
}

function aims(measured: readonly McpMeasured[]): readonly Aim[] {
  const compared = [
    ["loop", ALONE],
    ["loop", WITH_JOURNAL],
    ["load", ALONE],
    ["load", WITH_JOURNAL],
    ["load", WHOLE],
  ] as const;
  return compared.flatMap(([way, ours]) =>
    TRANSPORTS.flatMap((transport) =>
      (["tools/list", "tools/call"] as const).flatMap((method) =>
        [MCP_SERVER, LOW_LEVEL].map((theirs) => {
          const figure = ratio(measured, { way, transport, method, ours, theirs });
          return atMost(`${way}, ${transport}, ${method}: ${ours} ÷ ${theirs}`, AIM, { figure, unit: "×" });
        }),
      ),
    ),
  );
}

interface Comparison {
  readonly way: McpMeasured["way"];
  readonly transport: Transport;
  readonly method: McpMeasured["question"]["method"];
  readonly ours: string;
  readonly theirs: string;
}

/** The median over rounds and revisions; both sides are of one round, and follow each other within seconds. */
function ratio(measured: readonly McpMeasured[], { ours, theirs, ...where }: Comparison): number {
  const group = measured.filter(
    ({ way, transport, question }) =>
      way === where.way && transport === where.transport && question.method === where.method,
  );
  const ratios = group.flatMap(({ engine, cpuUs, round, question }) => {
    if (engine !== ours || cpuUs === undefined) return [];
    const other = group.find((one) => one.engine === theirs && one.round === round && one.question === question);
    return other?.cpuUs === undefined ? [] : [cpuUs / other.cpuUs];
  });
  return median(ratios);
}

export function printMcp({ rows, aims: lines }: McpReport): void {
  console.log(`\n${styled("bold", "MCP: CPU µs a request, of the whole workerd")}\n${table(rows)}`);
  const shown = lines.map(({ name, aim, measured, isMet }) => ({
    "CPU, ours ÷ the SDK's": name,
    wanted: aim,
    measured,
    verdict: verdict(isMet),
  }));
  console.log(`\n${table(shown)}`);
}
