// The Worker with the fixtures of the conformance suite in it: built into .dev, which nothing is ever deployed from.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { CONSOLE_ASSETS } from "../../console/build.ts";
import { root } from "../node/runtime.mjs";
import { DEV_FOLDER } from "../stack/stack.ts";
import type { Plugin } from "esbuild";

const PRODUCT = join(root, "src", "toolset.ts");
const FIXTURES = join(root, "tests", "conformance", "toolset.ts");
/** Alone in there: wrangler watches the folder of its script, and a file written beside it would restart the Worker. */
const FOLDER = join(DEV_FOLDER, "conformance-worker");

/** The same engine, with the fixtures' toolset where the product's would be. Returns a wrangler configuration for it. */
export async function buildWithFixtures(): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const built = await build({
    entryPoints: [join(root, "src", "worker.ts")],
    outfile: join(FOLDER, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    plugins: [otherToolset],
    metafile: true,
    logLevel: "warning",
  });
  if (!Object.keys(built.metafile.inputs).some((path) => resolve(path) === FIXTURES)) {
    throw new Error(`nothing in src imports ${PRODUCT}: the build has no fixtures in it`);
  }
  const config = join(FOLDER, "wrangler.toml");
  writeFileSync(config, configuration(readFileSync(join(root, "wrangler.toml"), "utf8")));
  return config;
}

/** The fixtures themselves import the product's toolset, to stand beside it. */
const otherToolset: Plugin = {
  name: "fixtures",
  setup(build) {
    build.onResolve({ filter: /\/toolset\.ts$/ }, ({ path, resolveDir, importer }) => {
      const isProduct = resolve(resolveDir, path) === PRODUCT;
      return isProduct && importer !== FIXTURES ? { path: FIXTURES } : undefined;
    });
  },
};

/** The deployment's own, but for its entry, and for limits that a suite running at full speed would meet. */
function configuration(toml: string): string {
  return toml
    .replace(/^main = .*$/m, 'main = "worker.js"\nno_bundle = true')
    .replace(/^directory = .*$/m, `directory = ${JSON.stringify(CONSOLE_ASSETS)}`)
    .replaceAll(/limit = \d+, period/g, "limit = 1000000, period");
}
