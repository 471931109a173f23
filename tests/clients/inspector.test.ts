// The official Inspector, from the command line, in each era it can be told to speak.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { DEV_FOLDER } from "../../dev/stack/stack.ts";
import { newPerson } from "./people.ts";

const { url } = inject("server");
const CLI = join(
  import.meta.dirname,
  "../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);

/** It keeps a catalogue in its user's home, which must not be ours. */
let home: string;

beforeAll(async () => {
  const { key } = await newPerson("inspector", "observer");
  home = mkdtempSync(join(DEV_FOLDER, "inspector-"));
  // A file and not arguments: every user of the machine can read a program's arguments.
  const server = { type: "streamable-http", url, headers: { authorization: `Bearer ${key}` } };
  writeFileSync(join(home, "servers.json"), JSON.stringify({ mcpServers: { gatehouse: server } }), { mode: 0o600 });
});
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));

interface Done {
  readonly code: number | null;
  readonly printed: string;
}

function inspect(era: string, ...args: string[]): Promise<Done> {
  const source = ["--config", join(home, "servers.json"), "--server", "gatehouse", "--stored-auth-only"];
  const all = [CLI, "--cli", ...source, "--protocol-era", era, "--format", "json", ...args];
  const child = spawn(process.execPath, all, { env: { ...process.env, HOME: home, NO_COLOR: "1" } });
  let printed = "";
  const keep = (chunk: Buffer) => (printed += chunk.toString());
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, printed })));
}

describe.each(["legacy", "auto", "modern"])("the Inspector, %s", (era) => {
  it("lists the tools", async () => {
    const { code, printed } = await inspect(era, "--method", "tools/list");

    expect(code, printed).toBe(0);
    expect(printed).toContain('"k8s_list_pods"');
  });

  it("calls a tool", async () => {
    const call = ["--method", "tools/call", "--tool-name", "k8s_list_pods", "--tool-args-json", '{"namespace":"shop"}'];

    const { code, printed } = await inspect(era, ...call);

    expect(code, printed).toBe(0);
    expect(printed).toContain("CrashLoopBackOff");
  });

  it("ends with 5 when a tool fails", async () => {
    const { code, printed } = await inspect(era, "--method", "tools/call", "--tool-name", "test_error_handling");

    expect(code, printed).toBe(5);
    expect(printed).toContain("intentionally");
  });

  it("reads a resource and gets a prompt", async () => {
    const [read, got] = await Promise.all([
      inspect(era, "--method", "resources/read", "--uri", "gatehouse://clusters/demo/namespaces/shop/health"),
      inspect(era, "--method", "prompts/get", "--prompt-name", "incident_triage", "--prompt-args", "namespace=shop"),
    ]);

    expect(read.code, read.printed).toBe(0);
    expect(read.printed).toContain("CrashLoopBackOff");
    expect(got.code, got.printed).toBe(0);
    expect(got.printed).toContain("namespace shop");
  });
});

describe("the Inspector, strict", () => {
  it("finds nothing in a schema that a host could stumble over", async () => {
    const { code, printed } = await inspect("modern", "--method", "tools/list", "--strict");

    expect(code, printed).toBe(0);
  });
});
