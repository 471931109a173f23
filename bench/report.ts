// What the benchmark says in the end: for a person as tables, for a program as JSON.

import { styled, table } from "../dev/stack/terminal.ts";
import { atLeast, atMost, ratios, rows, shapeName } from "./summary.ts";
import { median } from "./statistics.ts";
import { printMcp } from "./mcp-report.ts";
import { verdict } from "./verdict.ts";
import type { CrowdResult } from "./crowd.ts";
import type { McpReport } from "./mcp-report.ts";
import type { Crowds, Measured } from "./rounds.ts";
import type { Medium } from "./server.ts";
import type { Aim, Comparison, Ratio, Row } from "./summary.ts";

export interface Findings {
  readonly measured: readonly Measured[];
  readonly crowds: Crowds;
  readonly gzipBytes: number;
  readonly startupCpuMs: number | undefined;
  /** Where the engine's CPU is judged: in memory if there is such a place. */
  readonly cpuMedium: Medium;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly ratios: readonly Compared[];
  readonly aims: readonly Aim[];
  readonly crowds: Crowds;
  readonly clusterSide: readonly Aim[];
  readonly evidence: readonly Aim[];
  readonly mcp: McpReport;
}

/** What was measured beside the Worker. */
export interface Beside {
  readonly clusters: readonly Aim[];
  readonly evidence: readonly Aim[];
  readonly mcp: McpReport;
}

interface Compared {
  readonly name: string;
  readonly byShape: readonly Ratio[];
  readonly median: number;
}

export function report(findings: Findings, { clusters, evidence, mcp }: Beside): Report {
  const { measured, crowds, gzipBytes, startupCpuMs, cpuMedium } = findings;
  const compare = (comparison: Comparison): Compared => {
    const byShape = ratios(measured, comparison);
    return { name: comparison.name, byShape, median: median(byShape.map(({ ratio }) => ratio)) };
  };
  const cpu = compare(cpuAgainst("(1) echo", cpuMedium));
  const speed = compare(SPEED);
  return {
    rows: rows(measured),
    ratios: [cpu, compare(cpuAgainst("(2) echo + insert", cpuMedium)), speed],
    crowds,
    clusterSide: clusters,
    evidence,
    mcp,
    aims: [
      atMost(`${cpu.name}, median of the shapes`, 2, { figure: cpu.median, unit: "×" }),
      atLeast(`${speed.name}, median of the shapes`, 0.65, { figure: speed.median, unit: "×" }),
      atMost("bundle, gzip", 200, { figure: gzipBytes / 1024, unit: " KiB" }),
      atMost("start-up CPU in workerd, beyond an empty Worker's", 20, { figure: startupCpuMs, unit: " ms" }),
    ],
  };
}

function cpuAgainst(floor: string, medium: Medium): Comparison {
  const name = `CPU of mcp.tools.list ÷ ${floor}, ${medium}`;
  return { name, ours: "mcp.tools.list", floor, medium, figure: ({ cpuUs }) => cpuUs };
}

const SPEED: Comparison = {
  name: "calls/s of mcp.tools.list ÷ (2) echo + insert, disk",
  ours: "mcp.tools.list",
  floor: "(2) echo + insert",
  medium: "disk",
  figure: ({ callsPerS }) => callsPerS,
};

export function print({ rows: cells, ratios: compared, aims, crowds, clusterSide, evidence, mcp }: Report): void {
  for (const medium of ["tmpfs", "disk"] as const) {
    const shown = cells.filter((row) => row.medium === medium);
    if (shown.length > 0) section(`On ${medium}`, shown.map(cellLine));
  }
  section("Ratios by shape (connections × requests under way on each)", compared.map(ratioLine));
  section("Sessions", [crowdLine("(2) echo + insert", crowds.floor), crowdLine("gatehouse", crowds.gatehouse)]);
  printMcp(mcp);
  printAims("The cluster's side", clusterSide);
  printAims("Evidence", evidence);
  printAims("Aims", aims);
  for (const { target, shape, firstError } of cells.filter(({ errors }) => errors > 0)) {
    console.log(styled("red", `errors in ${target} at ${shapeName(shape)}, the first: ${firstError ?? ""}`));
  }
}

export function printAims(title: string, aims: readonly Aim[]): void {
  section(title, aims.map(aimLine));
}

type Line = Readonly<Record<string, string>>;

function section(title: string, lines: readonly Line[]): void {
  console.log(`\n${styled("bold", title)}\n${table(lines)}`);
}

function cellLine(row: Row): Line {
  return {
    target: row.target,
    "conns×depth": shapeName(row.shape),
    "calls/s": row.callsPerS.toFixed(0),
    "p50 ms": row.p50Ms.toFixed(2),
    "p99 ms": row.p99Ms.toFixed(2),
    "CPU µs/call": row.cpuUs?.toFixed(1) ?? "-",
    "server cores": row.serverCores?.toFixed(2) ?? "-",
    // Near 1 it is the generator that was measured, and not the server.
    "load cores": row.generatorCores.toFixed(2),
    errors: row.errors === 0 ? "" : String(row.errors),
  };
}

function ratioLine({ name, byShape, median: middle }: Compared): Line {
  const shapes = byShape.map(({ shape, ratio }) => [shape, ratio.toFixed(2)] as const);
  return { ratio: name, ...Object.fromEntries(shapes), median: middle.toFixed(2) };
}

function crowdLine(name: string, crowd: CrowdResult): Line {
  return {
    server: name,
    sessions: String(crowd.sessions),
    "accepted/s": crowd.acceptedPerS.toFixed(0),
    "CPU ms/session": crowd.cpuMsPerSession?.toFixed(2) ?? "-",
    "KiB/session": crowd.kibPerSession?.toFixed(0) ?? "-",
  };
}

function aimLine({ name, aim, measured, isMet }: Aim): Line {
  return { aim: name, wanted: aim, measured, verdict: verdict(isMet) };
}
