// A freshly initialised and migrated PGlite, kept as a file: starting from it takes a second instead of five.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import * as z from "zod";
import { migrate, readMigrations } from "../migrate.ts";
import { HeldByAnother, lock } from "./lock.ts";
import { pgliteSession } from "./pglite-session.ts";

const NODE_MODULES = new URL("../../node_modules/", import.meta.url);
const CACHE = new URL(".cache/gatehouse/", NODE_MODULES);
const BUILD_TIMEOUT_MS = 120_000;

/** Built once per PGlite version and set of migrations, by one process while the others wait for it. */
export async function snapshot(): Promise<Blob> {
  mkdirSync(CACHE, { recursive: true });
  const file = fileURLToPath(new URL(`pglite-${key()}.tar.gz`, CACHE));
  const giveUpAt = Date.now() + BUILD_TIMEOUT_MS;
  while (Date.now() < giveUpAt) {
    if (existsSync(file) || (await buildAlone(file))) return new Blob([readFileSync(file)]);
    await sleep(100);
  }
  throw new Error(`another process has been building ${file} for too long: delete ${file}.lock if there is none`);
}

async function buildAlone(file: string): Promise<boolean> {
  const held = tryLock(`${file}.lock`);
  if (!held) return false;
  try {
    if (!existsSync(file)) await build(file);
    return true;
  } finally {
    held.release();
  }
}

async function build(file: string): Promise<void> {
  const db = await PGlite.create();
  const session = pgliteSession(db);
  await migrate((sql) => session.execute(sql));
  const dump = await db.dumpDataDir("gzip");
  await db.close();
  // Written apart and then renamed: whoever sees the file sees all of it.
  const part = `${file}.${process.pid}`;
  writeFileSync(part, new Uint8Array(await dump.arrayBuffer()));
  renameSync(part, file);
}

function tryLock(file: string): ReturnType<typeof lock> | undefined {
  try {
    return lock(file);
  } catch (cause) {
    if (cause instanceof HeldByAnother) return undefined;
    throw cause;
  }
}

function key(): string {
  const manifest = readFileSync(new URL("@electric-sql/pglite/package.json", NODE_MODULES), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const hash = createHash("sha256");
  for (const { name, sha256 } of readMigrations()) hash.update(`${name} ${sha256}\n`);
  return `${version}-${hash.digest("hex").slice(0, 12)}`;
}
