// Builds the console into dist/console-assets, from where wrangler takes it: `node dev/node/run.mjs console/build.ts`.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../dev/node/runtime.mjs";

export const CONSOLE_ASSETS = join(root, "dist", "console-assets");

/** What a browser fetches before anything can be seen, compressed. */
const MAX_GZIP_BYTES = 150 * 1024;

export interface BuiltConsole {
  /** Compressed, by the name of each file that the first view needs. */
  readonly gzipBytes: Readonly<Record<string, number>>;
  readonly totalBytes: number;
}

/** Takes a tenth of a second, so whoever starts or tests something builds first. What is the same already is left alone. */
export async function buildConsole(): Promise<BuiltConsole> {
  const source = join(root, "console");
  const fixed = join(source, "public");
  const bundles = await bundle(source);
  const page = named(readFileSync(join(source, "index.html"), "utf8"), [...bundles.keys()]);
  const first = new Map<string, Uint8Array>([["index.html", Buffer.from(page)], ...bundles]);
  const files = new Map(first);
  for (const name of readdirSync(fixed)) files.set(name, readFileSync(join(fixed, name)));
  writeAll(files);

  const gzipBytes = Object.fromEntries([...first].map(([name, content]) => [name, gzipSync(content).length]));
  const totalBytes = Object.values(gzipBytes).reduce((total, bytes) => total + bytes, 0);
  if (totalBytes <= MAX_GZIP_BYTES) return { gzipBytes, totalBytes };
  throw new Error(`The console has outgrown its limit: ${totalBytes} bytes, compressed. See what was added to it.`);
}

async function bundle(source: string): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: source,
    entryPoints: { main: join(source, "src", "main.tsx"), style: join(source, "src", "styles", "main.css") },
    outdir: CONSOLE_ASSETS,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    // Custom properties with light-dark() and container queries need browsers of 2024; older ones are not served.
    target: ["chrome123", "firefox121", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

/** Puts the hashed names into the page, which names the files as they would be called without a hash. */
function named(page: string, names: readonly string[]): string {
  const script = names.find((name) => name.endsWith(".js"));
  const style = names.find((name) => name.endsWith(".css"));
  if (script === undefined || style === undefined) throw new Error("the build has no script or no style");
  return page.replace("/console/main.js", `/console/${script}`).replace("/console/main.css", `/console/${style}`);
}

/** Two may build at once, and wrangler may be watching: a file is replaced as a whole, and only by another. */
function writeAll(files: ReadonlyMap<string, Uint8Array>): void {
  mkdirSync(CONSOLE_ASSETS, { recursive: true });
  for (const [name, content] of files) {
    const path = join(CONSOLE_ASSETS, name);
    if (isSame(path, content)) continue;
    const draft = join(root, "dist", `.${process.pid}-${name}`);
    writeFileSync(draft, content);
    renameSync(draft, path);
  }
  for (const name of readdirSync(CONSOLE_ASSETS)) {
    if (!files.has(name)) rmSync(join(CONSOLE_ASSETS, name), { recursive: true, force: true });
  }
}

function isSame(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    // It is not there yet.
    return false;
  }
}

if (process.argv[1] === import.meta.filename) {
  const { gzipBytes, totalBytes } = await buildConsole();
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  for (const [name, bytes] of Object.entries(gzipBytes)) console.log(`${name.padEnd(24)} ${kib(bytes)} gzip`);
  console.log(`${"first view".padEnd(24)} ${kib(totalBytes)} gzip, at most ${kib(MAX_GZIP_BYTES)}`);
}
