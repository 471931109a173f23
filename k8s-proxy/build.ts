// `npm run proxy:bundle`: each of the two proxies with all it needs in one file of dist/k8s-proxy, that a bare Node.js runs.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import type { Plugin } from "esbuild";

const HERE = fileURLToPath(import.meta.url);
const DIST = new URL("../dist/k8s-proxy/", import.meta.url);

/** `maxBytes` is above what it has; a dependency that doubles it should be noticed by somebody. */
export const PROGRAMS = {
  /** Reads. */
  main: { entry: "src/main.ts", file: "main.mjs", maxBytes: 1024 * 1024 },
  /** Changes what it is told to, with an account of its own. */
  actions: { entry: "src/actions/main.ts", file: "actions.mjs", maxBytes: 896 * 1024 },
} as const;

export interface Program {
  readonly entry: string;
  readonly file: string;
  readonly maxBytes: number;
}

export const bundlePath = ({ file }: Pick<Program, "file">) => fileURLToPath(new URL(file, DIST));

/** Packages in CommonJS ask for Node's own modules with `require`, which a module of the other kind does not have. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** What would be bundled and can never run here: left out by name, with what stands there instead. */
const LEFT_OUT: readonly { readonly name: string; readonly filter: RegExp; readonly instead: string }[] = [
  {
    // Its index loads everything it has: mocks, WebSockets, caches, cookies. These two are what the proxy imports.
    name: "undici",
    filter: /^undici$/,
    instead:
      'module.exports = { Agent: require("undici/lib/dispatcher/agent.js"), fetch: require("undici/lib/web/fetch/index.js").fetch };',
  },
  {
    // The API server is spoken to in HTTP/1.1 (`allowH2: false`).
    name: "undici's HTTP/2",
    filter: /\/client-h2\.js$/,
    instead: 'module.exports = () => { throw new Error("HTTP/2 is not in this build"); };',
  },
  {
    // The parser for processors without SIMD; images are made for x64 and arm64, which have it.
    name: "undici's slow parser",
    filter: /\/llhttp-wasm\.js$/,
    instead: 'throw new Error("this build needs a processor with SIMD");',
  },
  {
    // Traces as examples beside a metric; nothing here makes traces.
    name: "OpenTelemetry",
    filter: /^@opentelemetry\/api$/,
    instead: "module.exports = { trace: { getSpan() {} }, context: { active() {} } };",
  },
  {
    // Quantiles of prom-client's summaries; what is measured here are histograms.
    name: "tdigest",
    filter: /^tdigest$/,
    instead: 'exports.TDigest = class { constructor() { throw new Error("summaries are not in this build"); } };',
  },
  {
    // The thread of pino's transports; lines are written to standard output by the thread that has them.
    name: "thread-stream",
    filter: /^thread-stream$/,
    instead: 'module.exports = class { constructor() { throw new Error("transports are not in this build"); } };',
  },
  {
    // Schemas as JSON Schema are published by the Worker, not by the proxy.
    name: "zod's processors",
    filter: /\/json-schema-processors\.js$/,
    instead: "export const toJSONSchema = undefined, allProcessors = {};",
  },
  {
    name: "zod's JSON Schema",
    filter: /\/to-json-schema\.js$/,
    instead: `const refuse = () => { throw new Error("JSON Schema is not in this build"); };
      export { refuse as initializeContext, refuse as handleUnrepresentable, refuse as processSchema, refuse as process };
      export { refuse as extractDefs, refuse as finalize };
      export const createToJSONSchemaMethod = () => refuse, createStandardJSONSchemaMethod = () => refuse;`,
  },
  {
    // As it is published for browsers: the same parser as modules, of which the unused ones fall away.
    name: "yaml",
    filter: /^yaml$/,
    instead: `export * from ${JSON.stringify(fileURLToPath(new URL("../browser/index.js", import.meta.resolve("yaml"))))};`,
  },
];

const leaveOut: Plugin = {
  name: "leave-out",
  setup(builder) {
    const instead = new Map(LEFT_OUT.map((each) => [each.name, each.instead]));
    for (const { name, filter } of LEFT_OUT) {
      builder.onResolve({ filter }, () => ({ path: name, namespace: "left-out" }));
    }
    builder.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: instead.get(path) ?? "",
      resolveDir: dirname(HERE),
    }));
  },
};

/** Resolves with the size in bytes. Beside the bundle lies its map, which is not part of any image. */
export async function bundle(program: Program, outfile = bundlePath(program)): Promise<number> {
  await mkdir(dirname(outfile), { recursive: true });
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(program.entry, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    minify: true,
    sourcemap: "external",
    legalComments: "none",
    banner: { js: REQUIRE },
    // The switch by which undici leaves an experimental parser out where it is bundled, as Node.js itself does.
    define: { esbuildDetection: "1" },
    plugins: [leaveOut],
    metafile: true,
    logLevel: "warning",
    // Of what is left out, much is still named by what stays.
    logOverride: { "import-is-undefined": "silent" },
  });
  return Object.entries(metafile.outputs).find(([path]) => path.endsWith(".mjs"))?.[1].bytes ?? 0;
}

if (process.argv[1] === HERE) {
  for (const program of Object.values(PROGRAMS)) {
    const bytes = await bundle(program);
    process.stdout.write(`${bundlePath(program)}: ${Math.ceil(bytes / 1024)} KiB\n`);
    if (bytes > program.maxBytes) {
      process.stderr.write(`That is more than ${program.maxBytes / 1024} KiB.\n`);
      process.exitCode = 1;
    }
  }
}
