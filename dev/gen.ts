// `npm run gen` writes what is derived from the code: docs/tools.md, the Worker's binding types, and the published runbooks
// with the lock of their versions. `--check` only compares.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import file from "../gatehouse.json" with { type: "json" };
import { describe } from "../src/tool/describe.ts";
import { registry } from "../src/tool/registry.ts";
import { tools } from "../src/tools/index.ts";
import { root } from "./node/runtime.mjs";
import { publish, readLock, runbookFiles } from "./runbooks/publish.ts";
import type { ToolDefinition } from "../src/tool/definition.ts";

const isCheck = process.argv.includes("--check");
const stale = [writeTools(), ...(await writeRunbooks()), writeTypes()].filter((name) => name !== undefined);
if (stale.length > 0) {
  console.error(`Not up to date: ${stale.join(", ")}. Run npm run gen and commit what it writes.`);
  process.exitCode = 1;
}

function writeTools(): string | undefined {
  const path = join(root, "docs", "tools.md");
  const page = toolsPage(registry(tools).all.map((tool) => describe(tool, [])));
  if (isCheck) return read(path) === page ? undefined : "docs/tools.md";
  writeFileSync(path, page);
  return undefined;
}

/** What is wrong with a runbook is said with its file and line, and then nothing of them is written. */
async function writeRunbooks(): Promise<readonly string[]> {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const { files, faults } = await publish(runbookFiles(root), readLock(root), {
    tools: byName,
    roles: Object.keys(file.roles),
  });
  for (const { file: path, line, message } of faults) console.error(`${path}:${line}: ${message}`);
  if (faults.length > 0) process.exitCode = 1;
  if (isCheck) return Object.keys(files).filter((path) => read(join(root, path)) !== files[path]);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  return [];
}

function writeTypes(): string | undefined {
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = [wrangler, "types", "--include-runtime=false", "--strict-vars=false", ...(isCheck ? ["--check"] : [])];
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  if (done.status === 0) return undefined;
  if (!isCheck) throw new Error(`wrangler types failed:\n${done.stdout}${done.stderr}`);
  return "worker-configuration.d.ts";
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function toolsPage(definitions: readonly ToolDefinition[]): string {
  const head = `# Tools

Generated from the catalogue by \`npm run gen\`. The dots of a name may be written as underscores: \`k8s_list_pods\`.
Limits are per session and can be changed while sessions are open (\`tools.configure\`). A call costs one unit of its
principal's [quota](configuration.md#quotas), unless another cost is given.
`;
  return [head, ...definitions.map(section)].join("\n");
}

function section({
  name,
  description,
  parameters,
  permissions,
  access,
  effect,
  rate_limit,
  cost,
}: ToolDefinition): string {
  const needs = {
    public: "nothing, not even a credential",
    authenticated: "any valid credential",
    permission: permissions.map((p) => `\`${p}\``).join(", "),
  };
  const rows = Object.entries(parameters).map(([key, { type, required, description: text }]) => {
    const words = typeof text === "string" ? text.replaceAll("|", "\\|") : "";
    return `| \`${key}\` | ${type} | ${required ? "yes" : "no"} | ${words} |`;
  });
  const table =
    rows.length === 0
      ? "No parameters.\n"
      : ["| Parameter | Type | Required | |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
  return `## \`${name}\`

${description}

Needs: ${needs[access]} · effect: ${effect} · limit: ${rate_limit}${cost === undefined ? "" : ` · cost: ${cost}`}

${table}`;
}
