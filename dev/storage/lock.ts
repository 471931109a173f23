// One process at a time: a lock file that holds the process id, and does not outlive the process in effect.

import { readFileSync, rmSync, writeFileSync } from "node:fs";

export interface Lock {
  release(): void;
}

export class HeldByAnother extends Error {}

/** Throws HeldByAnother while the process that made the file is alive. */
export function lock(file: string): Lock {
  if (!create(file)) {
    const holder = Number.parseInt(read(file), 10);
    if (isAlive(holder)) {
      throw new HeldByAnother(
        `process ${holder} is using it: stop that one first, or delete ${file} if it is not Gatehouse`,
      );
    }
    rmSync(file, { force: true }); // its process ended without a word
    if (!create(file)) throw new HeldByAnother(`another process took ${file} just now`);
  }
  return { release: () => rmSync(file, { force: true }) };
}

function create(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (cause) {
    if (isCode(cause, "EEXIST")) return false;
    throw cause;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // released in between
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return isCode(cause, "EPERM"); // alive, and somebody else's
  }
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
