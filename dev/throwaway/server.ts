// What every throw-away server has in common: a binary found, a free port, a process that surely ends.

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Throwaway {
  readonly url: string;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** A program is missing; the message names the package that has it. */
export class MissingProgram extends Error {}

export interface Program {
  readonly name: string;
  readonly debianPackage: string;
  /** Folders to look in after those of PATH. */
  readonly folders?: readonly string[];
}

export function findProgram({ name, debianPackage, folders = [] }: Program): string {
  const candidates = [...(process.env.PATH ?? "").split(delimiter).filter(Boolean), ...folders];
  const found = candidates.map((folder) => join(folder, name)).find(isExecutable);
  if (!found) throw new MissingProgram(`${name} is not installed: apt-get install ${debianPackage}`);
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it the `postgres` user that its package made. */
export function serverUser(name: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? "").split(":");
  if (!uid || !gid) throw new MissingProgram(`there is no user ${name}: run as an ordinary user, or make one`);
  return { uid: Number(uid), gid: Number(gid) };
}

export interface Running {
  /** Everything it has printed so far. */
  output(): string;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly user?: User | undefined;
}

const STOP_TIMEOUT_MS = 5_000;

export function start({ program, args, user }: Command): Running {
  // `/` because another user may not enter our folder. Detached, or the terminal's Ctrl-C would end the server while the
  // tests are still cleaning up in it.
  const child = spawn(program, args, { cwd: "/", detached: true, stdio: ["ignore", "pipe", "pipe"], ...user });
  const printed: string[] = [];
  const keep = (chunk: Buffer) => void printed.push(chunk.toString());
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (cause) => {
      printed.push(cause.message);
      resolve();
    });
  });
  // The last resort: we end without having stopped it.
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);

  return {
    output: () => printed.join(""),
    hasEnded: () => hasEnded(child),
    async stop() {
      process.off("exit", kill);
      if (hasEnded(child)) return;
      child.kill("SIGINT");
      const timer = setTimeout(kill, STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
