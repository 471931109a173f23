// `node dev/node/run.mjs bench/verify.ts`: how fast an export of the audit log is verified, beside the least that reading it
// takes: its lines, the JSON in each of them, and one digest.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesSource } from "../dev/audit/files-source.ts";
import { linesOf } from "../dev/audit/lines.ts";
import { verifySource } from "../dev/audit/walk.ts";
import { step } from "../dev/stack/terminal.ts";
import { sha256 } from "../src/audit/record.ts";
import { writeExport } from "./export.ts";
import { printAims } from "./report.ts";
import { median } from "./statistics.ts";
import { atLeast, atMost } from "./summary.ts";
import type { AuditKey } from "../src/audit/signing.ts";
import type { Aim } from "./summary.ts";

const ROWS = 200_000;
const ROUNDS = 5;
const MIN_ROWS_PER_S = 100_000;
const MAX_RATIO = 1.75;

/** In the middle of the rounds. */
interface VerifyFigures {
  readonly rows: number;
  readonly megabytes: number;
  readonly rowsPerS: number;
  /** CPU of one row: of the thread that verifies, and of all together. Waiting for others on the machine is not in it. */
  readonly threadUs: number;
  readonly processUs: number;
  /** Of the thread's CPU to that of the least, both of one round. */
  readonly ratio: number;
}

export async function measureEvidence(onProgress: (step: string) => void): Promise<readonly Aim[]> {
  onProgress(`verifying an export of ${ROWS} rows`);
  const { rows, megabytes, rowsPerS, threadUs, processUs, ratio } = await measureVerify();
  const cpuRowsPerS = 1e6 / threadUs;
  return [
    atLeast(`rows verified, of ${rows} in ${megabytes.toFixed(0)} MB`, MIN_ROWS_PER_S, {
      figure: rowsPerS,
      unit: " rows/s",
    }),
    atLeast("the same by the CPU of the thread that verifies", MIN_ROWS_PER_S, {
      figure: cpuRowsPerS,
      unit: " rows/s",
    }),
    atMost("that CPU ÷ the least: lines, their JSON, one digest", MAX_RATIO, { figure: ratio, unit: "×" }),
    atMost("CPU of all threads, a row", (2 * 1e6) / MIN_ROWS_PER_S, { figure: processUs, unit: " µs" }),
  ];
}

async function measureVerify(): Promise<VerifyFigures> {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
  try {
    const path = join(folder, "day.ndjson");
    const { rows, megabytes, key } = await writeExport(path, ROWS);
    const rounds: { floor: Spent; ours: Spent }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({ floor: await spentBy(() => readThrough(path)), ours: await spentBy(() => verify(path, key)) });
    const middle = (of: (round: { floor: Spent; ours: Spent }) => number) => median(rounds.map(of));
    return {
      rows,
      megabytes,
      rowsPerS: rows / middle(({ ours }) => ours.seconds),
      threadUs: middle(({ ours }) => ours.threadUs) / rows,
      processUs: middle(({ ours }) => ours.processUs) / rows,
      ratio: middle(({ floor, ours }) => ours.threadUs / floor.threadUs),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Spent {
  readonly seconds: number;
  readonly threadUs: number;
  readonly processUs: number;
}

async function spentBy(work: () => Promise<void>): Promise<Spent> {
  const [startedAt, thread, all] = [performance.now(), process.threadCpuUsage(), process.cpuUsage()];
  await work();
  const sum = ({ user, system }: NodeJS.CpuUsage) => user + system;
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    threadUs: sum(process.threadCpuUsage(thread)),
    processUs: sum(process.cpuUsage(all)),
  };
}

async function readThrough(path: string): Promise<void> {
  for await (const lines of linesOf({ path, fromByte: 0, toByte: Infinity }))
    for (const line of lines) {
      JSON.parse(line);
      sha256(line);
    }
}

async function verify(path: string, key: AuditKey): Promise<void> {
  const source = await filesSource([path]);
  try {
    const { verdict, findings } = await verifySource(source, { keys: [key], roots: [] });
    if (verdict !== "ok") throw new Error(`the export of the benchmark is not well: ${JSON.stringify(findings[0])}`);
  } finally {
    await source.close();
  }
}

if (import.meta.main) printAims("Evidence", await measureEvidence(step));
