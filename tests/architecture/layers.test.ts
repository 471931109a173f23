// The import law: who may know whom. A row imports only from rows above it, so no cycle can be built.

import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { codeOf, filesIn, importsOf, textOf } from "../support/source-files.ts";

/** A name alone is a folder of src, a base file, or a package; `type:` in front allows types only. */
const LAW: Readonly<Record<string, readonly string[]>> = {
  result: [],
  log: [],
  bytes: ["node:buffer"],
  once: [],
  deadline: ["result"],
  "trace-context": ["k8s-proxy/contract/traceparent"],
  jsonrpc: [],
  access: ["node:crypto", "node:buffer"],
  limits: ["type:access"],
  ports: ["access", "type:limits", "k8s-proxy/contract"],
  config: ["access", "limits"],
  audit: ["access", "ports", "node:crypto"],
  metrics: ["type:audit", "type:ports"],
  tool: ["access", "limits", "ports", "audit", "node:crypto"],
  reading: ["type:access", "tool", "type:ports", "k8s-proxy/contract", "k8s-proxy/contract/promql"],
  runbooks: [
    "approvals",
    "type:access",
    "ports",
    "tool",
    "reading",
    "k8s-proxy/contract",
    "node:crypto",
    "@marcbachmann/cel-js",
    "runbooks/published.json",
  ],
  approvals: ["access", "ports", "audit", "node:crypto", "jose"],
  tools: [
    "tool",
    "reading",
    "runbooks",
    "approvals",
    "limits",
    "type:ports",
    "k8s-proxy/contract",
    "k8s-proxy/contract/promql",
  ],
  resources: ["tool"],
  prompts: ["tool", "resources"],
  toolset: ["tool", "tools", "resources", "prompts"],
  reply: ["type:access", "jsonrpc", "tool"],
  push: ["tool", "type:ports", "type:k8s-proxy/contract"],
  native: ["access", "jsonrpc", "push", "reply", "tool", "type:ports"],
  mcp: ["type:access", "jsonrpc", "push", "reply", "tool", "type:ports"],
  dialect: ["type:access", "jsonrpc", "mcp", "native", "type:push", "tool"],
  transport: ["jsonrpc", "mcp", "type:ports"],
  server: [],
  adapters: [
    "type:access",
    "ports",
    "limits",
    "audit",
    "k8s-proxy/contract",
    "node:crypto",
    "jose",
    "@upstash/redis/cloudflare",
    "@neondatabase/serverless",
    "server",
    "k8s-proxy/contract/traceparent",
    "@opentelemetry/api",
    "@opentelemetry/core",
    "@opentelemetry/otlp-transformer",
    "@opentelemetry/resources",
  ],
  services: [
    "access",
    "adapters",
    "approvals",
    "runbooks",
    "audit",
    "config",
    "dialect",
    "jsonrpc",
    "limits",
    "mcp",
    "metrics",
    "native",
    "ports",
    "type:push",
    "server",
    "tool",
  ],
  objects: [
    "access",
    "adapters",
    "approvals",
    "runbooks",
    "audit",
    "config",
    "dialect",
    "jsonrpc",
    "limits",
    "mcp",
    "metrics",
    "native",
    "ports",
    "push",
    "reply",
    "tool",
    "toolset",
    "transport",
    "services",
    "cloudflare:workers",
    "gatehouse.json",
  ],
  http: [
    "access",
    "approvals",
    "jsonrpc",
    "metrics",
    "ports",
    "services",
    "transport",
    "type:objects",
    "hono/tiny",
    "jose",
  ],
  worker: ["http", "objects", "cloudflare:workers"],
};

/** Everyone may know these, and zod. */
const BASE = ["result", "log", "deadline", "bytes", "once", "trace-context"];

const files = filesIn("src");
const rowOf = (path: string) => (path.split("/")[1] ?? "").replace(/\.ts$/, "");

/** What an import names: a row of the law, or a package or file outside of src as it stands. */
function namedBy(path: string, from: string): string {
  if (!from.startsWith(".")) return from;
  const target = posix.join(posix.dirname(path), from);
  return target.startsWith("src/") ? rowOf(target) : target;
}

function breaches(path: string, text: string): readonly string[] {
  const row = rowOf(path);
  const allowed = LAW[row] ?? [];
  return importsOf(text)
    .map(({ from, isTypeOnly }) => ({ name: namedBy(path, from), isTypeOnly }))
    .filter(({ name }) => name !== row && name !== "zod")
    .filter(({ name }) => !(BASE.includes(name) && !BASE.includes(row)))
    .filter(({ name, isTypeOnly }) => !allowed.includes(name) && !(isTypeOnly && allowed.includes(`type:${name}`)))
    .map(({ name, isTypeOnly }) => `${path} may not import ${isTypeOnly ? "types of " : ""}${name}`);
}

describe("what few instances of the Worker need", () => {
  it.each(["./neon-sdk.ts", "./otlp-json.ts", "./cel.ts", "k8s-proxy/contract/promql"])(
    "is not loaded at the start: %s",
    (name) => {
      const early = files.filter((path) =>
        [...codeOf(textOf(path)).matchAll(/^(?:import|export) (?!type)[^(]*?["']([^"']+)["']/gm)].some(
          ([, from]) => from === name,
        ),
      );

      expect(early).toEqual([]);
    },
  );
});

describe("the import law", () => {
  it("knows every file and folder of src, and nothing else", () => {
    expect(new Set(files.map(rowOf))).toEqual(new Set(Object.keys(LAW)));
  });

  it.each(files)("is kept by %s", (path) => {
    expect(breaches(path, textOf(path))).toEqual([]);
  });

  it.each([
    ["src/tool/x.ts", 'import { rpcError } from "../jsonrpc/codes.ts";', "jsonrpc"],
    ["src/tool/x.ts", 'import type { Reply } from "../jsonrpc/answer.ts";', "types of jsonrpc"],
    ["src/jsonrpc/x.ts", 'import { authorize } from "../access/grant.ts";', "access"],
    ["src/tools/x.ts", 'import { SqliteJournal } from "../adapters/sqlite-journal.ts";', "adapters"],
    ["src/tools/x.ts", 'import { MAX_CONTEXT_KEYS } from "../ports/context-store.ts";', "ports"],
    ["src/tools/x.ts", 'import { Redis } from "@upstash/redis";', "@upstash/redis"],
    ["src/ports/x.ts", 'import { rateMs } from "../limits/rate.ts";', "limits"],
    ["src/access/x.ts", 'export { log } from "../audit/journal.ts";', "audit"],
    ["src/adapters/memory/x.ts", 'import { env } from "cloudflare:workers";', "cloudflare:workers"],
    ["src/http/x.ts", 'import { SessionObject } from "../objects/session-object.ts";', "objects"],
    ["src/http/x.ts", 'import { callTool } from "../tool/call.ts";', "tool"],
    ["src/native/x.ts", 'const late = await import("../adapters/neon-sql.ts");', "adapters"],
    ["src/services.ts", 'import { app } from "../k8s-proxy/src/app.ts";', "k8s-proxy/src/app.ts"],
    ["src/services.ts", 'import "../dev/demo.ts";', "dev/demo.ts"],
    ["src/http/x.ts", 'import "../../authorization-server/worker.ts";', "authorization-server/worker.ts"],
    ["src/result.ts", 'import { log } from "./log.ts";', "log"],
  ])("would be broken by %s with %s", (path, text, name) => {
    expect(breaches(path, text)).toEqual([`${path} may not import ${name}`]);
  });

  it("is not broken by a word in a comment", () => {
    expect(
      breaches("src/tool/x.ts", '// import { a } from "../jsonrpc/codes.ts";\n/* import "../http/app.ts" */'),
    ).toEqual([]);
  });
});

/** Words, and the rows in whose code they may stand. */
const RESERVED: readonly (readonly [string, RegExp, readonly string[]])[] = [
  [
    "the names of vendors",
    /neon|upstash|hyperdrive|grafana|datadog|opentelemetry/i,
    ["adapters", "services", "config"],
  ],
  ["the platform's module", /cloudflare:/, ["objects", "worker"]],
  ["the clock", /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/, ["services", "objects"]],
  ["chance", /\bMath\.random\(|\brandomUUID\(|\bgetRandomValues\(/, ["services", "objects"]],
  ["the console", /\bconsole\.\w+\(/, ["log"]],
  ["the environment of a process", /\bprocess\.env\b/, []],
  ["code made of text", /\beval\(|\bnew Function\(/, []],
  ["a child process", /child_process|\bspawn\(|\bexecSync\(/, []],
];

describe("words that have their place", () => {
  it.each(RESERVED)("%s stand nowhere else", (_what, word, rows) => {
    const strays = files.filter((path) => !rows.includes(rowOf(path)) && word.test(codeOf(textOf(path))));

    expect(strays).toEqual([]);
  });

  it("would be found", () => {
    const samples = [
      "neonSql()",
      'from "cloudflare:workers"',
      "Date.now()",
      "Math.random()",
      "console.log()",
      "process.env.X",
      "eval(x)",
      "spawn(x)",
    ];

    expect(RESERVED.map(([, word], index) => word.test(codeOf(samples[index] ?? "")))).toEqual(
      RESERVED.map(() => true),
    );
  });

  it("a Grant is made in one place", () => {
    const makers = files.filter((path) => /\bnew Permitted\(|\bPermitted\b/.test(codeOf(textOf(path))));

    expect(makers).toEqual(["src/access/grant.ts"]);
    expect(textOf("src/access/grant.ts")).not.toMatch(/export (default )?(abstract )?class|export \{/);
  });

  it("tokens are checked in two places, those of issuers and our own of approvals, where nothing is left to a default", () => {
    const verifiers = files.filter((path) =>
      /\bjwtVerify\b|\bcompactVerify\b|\bflattenedVerify\b/.test(codeOf(textOf(path))),
    );

    expect(verifiers).toEqual(["src/adapters/oidc-tokens.ts", "src/approvals/token.ts"]);
  });

  it("the pipeline is entered by the dialects alone, and by the steps of a run", () => {
    const callers = files.filter((path) => /\bcallTool\(/.test(codeOf(textOf(path))));

    expect(callers).toEqual([
      "src/mcp/context.ts",
      "src/native/methods.ts",
      "src/objects/run-calls.ts",
      "src/push/subscribe.ts",
      "src/tool/call.ts",
    ]);
  });

  it("a handler is run by the pipeline alone", () => {
    const binders = files.filter((path) => /\.bind\(call\.args|\bbound\.run\(/.test(codeOf(textOf(path))));

    expect(binders).toEqual(["src/tool/call.ts"]);
  });
});
