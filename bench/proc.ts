// What a process has used, as Linux counts it. Elsewhere everything here is undefined, and the report leaves it out.

import { readdirSync, readFileSync } from "node:fs";

export interface Usage {
  /** Nanoseconds on a core, all threads together. */
  readonly cpuNs: number;
  readonly rssBytes: number;
}

/** /proc/<pid>/stat counts in steps of 10 ms; the scheduler's own figures, one line a thread, are exact. */
export function usageOf(pid: number | undefined): Usage | undefined {
  if (pid === undefined) return undefined;
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const cpuNs = threads.reduce((sum, thread) => sum + runTimeNs(`/proc/${pid}/task/${thread}/schedstat`), 0);
    const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return { cpuNs, rssBytes: Number(kib) * 1024 };
  } catch {
    // No /proc on this system, or the process is gone.
    return undefined;
  }
}

function runTimeNs(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").split(" ")[0]);
  } catch {
    // The thread ended between the listing and the reading.
    return 0;
  }
}

/** The programs of this name that we started ourselves. */
export function childrenNamed(name: string): readonly number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && isOurs(pid, name));
  } catch {
    // No /proc on this system.
    return [];
  }
}

function isOurs(pid: number, name: string): boolean {
  try {
    const [, comm, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return comm === name && Number(parent) === process.pid;
  } catch {
    // It ended while we looked.
    return false;
  }
}
