// What the benchmark says in the end: for a person as tables, for a program as JSON.

import { styled, table } from "../dev/stack/terminal.ts";
import { atLeast, atMost, ratios, rows, shapeName } from "./summary.ts";
import { median } from "./statistics.ts";
import type { CrowdResult } from "./crowd.ts";
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
  readonly cpuRatios: readonly Ratio[];
  readonly speedRatios: readonly Ratio[];
  readonly aims: readonly Aim[];
  readonly crowds: Crowds;
}

export function report({ measured, crowds, gzipBytes, startupCpuMs, cpuMedium }: Findings): Report {
  const cpuRatios = ratios(measured, { ...CPU, medium: cpuMedium });
  const speedRatios = ratios(measured, SPEED);
  const times = (of: readonly Ratio[]) => ({ figure: median(of.map(({ ratio }) => ratio)), unit: "×" });
  return {
    rows: rows(measured),
    cpuRatios,
    speedRatios,
    crowds,
    aims: [
      atMost(`engine CPU: mcp.tools.list ÷ (1), ${cpuMedium}, median of the shapes`, 2, times(cpuRatios)),
      atLeast("end to end: mcp.tools.list ÷ (2) in calls/s, disk, median of the shapes", 0.65, times(speedRatios)),
      atMost("bundle, gzip", 200, { figure: gzipBytes / 1024, unit: " KiB" }),
      atMost("start-up CPU in workerd, beyond an empty Worker's", 20, { figure: startupCpuMs, unit: " ms" }),
    ],
  };
}

const CPU = {
  name: "CPU",
  ours: "mcp.tools.list",
  floor: "(1) echo",
  figure: ({ cpuUs }) => cpuUs,
} satisfies Partial<Comparison>;
const SPEED: Comparison = {
  name: "calls/s",
  ours: "mcp.tools.list",
  floor: "(2) echo + insert",
  medium: "disk",
  figure: ({ callsPerS }) => callsPerS,
};

export function print({ rows: cells, cpuRatios, speedRatios, aims, crowds }: Report): void {
  for (const medium of ["tmpfs", "disk"] as const) {
    const shown = cells.filter((row) => row.medium === medium);
    if (shown.length > 0) section(`On ${medium}`, shown.map(cellLine));
  }
  section("Ratios by shape (connections × requests under way on each)", [
    { "": "CPU: mcp.tools.list ÷ (1)", ...byShape(cpuRatios) },
    { "": "calls/s: mcp.tools.list ÷ (2), disk", ...byShape(speedRatios) },
  ]);
  section("Sessions", [crowdLine("(2) echo + insert", crowds.floor), crowdLine("gatehouse", crowds.gatehouse)]);
  section("Aims", aims.map(aimLine));
  for (const { target, shape, firstError } of cells.filter(({ errors }) => errors > 0)) {
    console.log(styled("red", `errors in ${target} at ${shapeName(shape)}, the first: ${firstError ?? ""}`));
  }
}

function section(title: string, lines: readonly Readonly<Record<string, unknown>>[]): void {
  console.log(`\n${styled("bold", title)}\n${table(lines)}`);
}

function cellLine(row: Row): Record<string, string> {
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

function byShape(all: readonly Ratio[]): Record<string, string> {
  return Object.fromEntries(all.map(({ shape, ratio }) => [shape, ratio.toFixed(2)]));
}

function crowdLine(name: string, crowd: CrowdResult): Record<string, string> {
  return {
    "": name,
    sessions: String(crowd.sessions),
    "accepted/s": crowd.acceptedPerS.toFixed(0),
    "CPU ms/session": crowd.cpuMsPerSession?.toFixed(2) ?? "-",
    "KiB/session": crowd.kibPerSession?.toFixed(0) ?? "-",
  };
}

function aimLine({ name, aim, measured, isMet }: Aim): Record<string, string> {
  return { aim: name, wanted: aim, measured, "": verdict(isMet) };
}

function verdict(isMet: boolean | undefined): string {
  if (isMet === undefined) return "?";
  return isMet ? styled("green", "met") : styled("red", "not met");
}
