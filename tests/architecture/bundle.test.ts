// What a deployment consists of: our own code and a few libraries. The SDK of MCP is there at compile time and in tests only.

import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../../dev/node/runtime.mjs";

/** The official SDK, and what else is a developer's; the folders around src. */
const ABSENT = [
  "node_modules/@modelcontextprotocol/",
  "node_modules/ajv/",
  "node_modules/@cfworker/",
  "node_modules/@cloudflare/workers-oauth-provider/",
  "tests/",
  "dev/",
  "bench/",
];
const PRESENT = ["src/worker.ts", "src/mcp/methods.ts", "gatehouse.json"];

let inputs: readonly string[] = [];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, "src", "worker.ts")],
    write: false,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    metafile: true,
    logLevel: "silent",
  });
  inputs = Object.keys(metafile.inputs);
}, 30_000);

describe("the Worker that is deployed", () => {
  it.each(ABSENT)("holds nothing of %s", (path) => {
    expect(inputs.filter((input) => input.startsWith(path) || input.includes(`/${path}`))).toEqual([]);
  });

  it.each(PRESENT)("holds %s: this test looks at the right bundle", (path) => {
    expect(inputs).toContain(path);
  });
});
