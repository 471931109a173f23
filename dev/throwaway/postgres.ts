// A real PostgreSQL for one run of the tests: a new cluster in a temporary folder, loopback only, nothing synced to disk.

import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { untilReady } from "./ready.ts";
import { freePort } from "../stack/free-port.ts";
import { findProgram, serverUser, start, type Throwaway, type User } from "./server.ts";

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
};

export async function throwawayPostgres(): Promise<Throwaway> {
  // Behind any links: the server and initdb must be of one version, and lie in one folder.
  const initdb = realpathSync(findProgram({ name: "initdb", debianPackage: "postgresql", folders: debianFolders() }));
  const bin = dirname(initdb);
  const user = serverUser("postgres");
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-postgres-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    if (user) chownSync(folder, user.uid, user.gid);
    initialise(initdb, folder, user);
    const port = await freePort();
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = start({ program: join(bin, "postgres"), args: ["-D", folder, "-p", `${port}`, ...settings], user });
    const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    await untilReady(server, () => connectOnce(url));
    return { url, stop: () => server.stop().finally(remove) };
  } catch (cause) {
    remove();
    throw cause;
  }
}

/** Debian keeps the server's programs out of PATH, in a folder per version. The newest first. */
function debianFolders(): readonly string[] {
  const root = "/usr/lib/postgresql";
  try {
    const versions = readdirSync(root).map(Number).filter(Number.isInteger);
    return versions.sort((a, b) => b - a).map((version) => join(root, `${version}`, "bin"));
  } catch {
    return []; // another system, or none installed
  }
}

function initialise(initdb: string, folder: string, user: User | undefined): void {
  const args = ["-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
  const { status, stdout, stderr, error } = spawnSync(initdb, args, { cwd: "/", encoding: "utf8", ...user });
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? ""}\n${stdout}${stderr}`);
}

async function connectOnce(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}
