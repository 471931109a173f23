// One workerd with one Worker in it, through Miniflare, with a socket of its own: no proxy of ours or anyone's in between.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { root } from "../dev/node/runtime.mjs";
import { DEV_FOLDER } from "../dev/stack/stack.ts";
import { childrenNamed, usageOf } from "./proc.ts";

export interface WorkerCode {
  readonly name: string;
  /** One ES module. */
  readonly script: string;
  /** By binding, the class of each namespace of objects. */
  readonly objects: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly rateLimits?: readonly string[];
}

export type Medium = "disk" | "tmpfs";

export interface Server {
  readonly port: number;
  /** Undefined where processes cannot be told apart: outside Linux. */
  readonly pid: number | undefined;
  /** CPU that workerd had used when it answered its first request. */
  readonly startCpuMs: number | undefined;
  stop(): Promise<void>;
}

/** Where Linux keeps files in memory: the same work without the waiting for a disk. */
export const TMPFS = "/dev/shm";

/** High enough that no limit of the door's and no quota is ever reached: what is measured here is the engine. */
export const NO_LIMIT = 1_000_000_000;

export async function startServer(code: WorkerCode, medium: Medium): Promise<Server> {
  // Not the system's temporary folder, which may itself be in memory.
  const parent = medium === "tmpfs" ? TMPFS : DEV_FOLDER;
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "gatehouse-bench-"));
  const before = childrenNamed("workerd");
  const miniflare = new Miniflare(convertV4MiniflareOptions({ ...shared(folder), workers: [worker(code)] }));
  const stop = async () => {
    await miniflare.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };

  try {
    await miniflare.ready;
    const url = await miniflare.unsafeGetDirectURL(code.name);
    const response = await fetch(new URL("/health", url));
    if (!response.ok) throw new Error(`${code.name} does not answer: ${response.status} ${await response.text()}`);
    const pid = childrenNamed("workerd").find((child) => !before.includes(child));
    const usage = usageOf(pid);
    return { port: Number(url.port), pid, startCpuMs: usage && usage.cpuNs / 1e6, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function shared(folder: string) {
  return { resourcePersistencePath: folder, log: new Log(LogLevel.ERROR), cf: false };
}

function worker({ name, script, objects, variables = {}, rateLimits = [] }: WorkerCode) {
  const { date, flags } = compatibility();
  const limit = (binding: string, index: number) =>
    [binding, { namespace_id: String(index), simple: { limit: NO_LIMIT, period: 60 as const } }] as const;
  return {
    name,
    modules: true,
    script,
    compatibilityDate: date,
    compatibilityFlags: flags,
    bindings: { ...variables },
    durableObjects: Object.fromEntries(
      Object.entries(objects).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    ratelimits: Object.fromEntries(rateLimits.map(limit)),
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
}

/** The same as the deployment's, so that the floors run on the same platform as we do. */
function compatibility(): { date: string; flags: string[] } {
  const text = readFileSync(join(root, "wrangler.toml"), "utf8");
  const [, date] = /^compatibility_date = "(.+)"$/m.exec(text) ?? [];
  const [, flags = ""] = /^compatibility_flags = \[(.*)\]$/m.exec(text) ?? [];
  if (date === undefined) throw new Error("wrangler.toml has no compatibility_date");
  return { date, flags: [...flags.matchAll(/"([^"]+)"/g)].map(([, flag = ""]) => flag) };
}
