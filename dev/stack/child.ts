// A program of the stack that runs beside us: started, waited for, and ended.

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ChildProcess, StdioOptions } from "node:child_process";

export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `inherit` shows it to whoever started us; `quiet` keeps its last lines, to be shown if it fails. */
  readonly output: "inherit" | "quiet";
}

export interface Running {
  readonly process: ChildProcess;
  /** What it printed last. */
  readonly tail: () => string;
  stop(): Promise<void>;
}

const KEPT_CHARS = 20_000;
/** What a well-behaved program needs to end; after that it is ended. */
const STOP_MS = 5_000;

export function start({ name, args, env, output }: Program): Running {
  const stdio: StdioOptions = output === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"];
  // No shell, and this very Node.js: the same on every system.
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { stdio, env });
  let printed = "";
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-KEPT_CHARS));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.once("error", (cause) => (printed += `\n${name}: ${cause.message}`));

  return {
    process: child,
    tail: () => printed,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Asks until the answer is there, the program has ended, or the time is up. */
export async function waitUntil(name: string, running: Running, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isReady())) {
    const hasEnded = running.process.exitCode !== null || running.process.signalCode !== null;
    if (hasEnded) throw new Error(`${name} ended before it was ready.\n${running.tail()}`);
    if (Date.now() > deadline) throw new Error(`${name} was not ready after a minute.\n${running.tail()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
