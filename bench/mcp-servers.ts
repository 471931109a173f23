// The Workers that are compared: the SDK's, our engine alone, the least there is, and Gatehouse whole.

import { join } from "node:path";
import { build } from "esbuild";
import { buildBundle } from "./bundle.ts";
import { startServer } from "./server.ts";
import type { Engine } from "./mcp-plan.ts";
import type { Server, WorkerCode } from "./server.ts";

export type Servers = Readonly<Record<Engine["server"], Server>>;

/** Started in turn, and all of them ended, whatever happens. */
export async function withMcpServers<T>(
  codes: Readonly<Record<Engine["server"], WorkerCode>>,
  work: (servers: Servers) => Promise<T>,
): Promise<T> {
  const started: Server[] = [];
  const start = async (code: WorkerCode): Promise<Server> => {
    const server = await startServer(code, "tmpfs");
    started.push(server);
    return server;
  };
  try {
    const { floor, sdk, engine, gatehouse } = codes;
    return await work({
      floor: await start(floor),
      sdk: await start(sdk),
      engine: await start(engine),
      gatehouse: await start(gatehouse),
    });
  } finally {
    for (const server of started) await server.stop();
  }
}

const TARGETS = join(import.meta.dirname, "targets");

/** With the product's tools and one that reaches nothing, everywhere. */
export async function buildMcpWorkers(
  variables: Readonly<Record<string, string>>,
): Promise<Readonly<Record<Engine["server"], WorkerCode>>> {
  const objects = { SOCKET: "Socket" };
  const toolset = join(TARGETS, "toolset.ts");
  const { script } = await buildBundle({ "../toolset.ts": toolset });
  return {
    floor: { name: "floor", script: await bundle("floor.mjs"), objects },
    sdk: { name: "sdk", script: await bundle("sdk.mjs"), objects },
    engine: { name: "engine", script: unlimited(await bundle("engine.mjs")), objects: { ENGINE: "Engine" }, variables },
    gatehouse: {
      name: "gatehouse",
      script: unlimited(script),
      objects: {
        SESSION: "SessionObject",
        CATALOGUE: "CatalogueObject",
        QUOTA: "QuotaObject",
        APPROVAL: "ApprovalObject",
        RUN: "RunObject",
        AUDIT_SINK: "AuditSinkObject",
        METRICS: "MetricsObject",
        AUDIT_KEEPER: "AuditKeeperObject",
      },
      rateLimits: ["DOOR_LIMIT", "REQUEST_LIMIT", "PUBLIC_LIMIT"],
      variables,
    },
  };
}

async function bundle(target: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(TARGETS, target)],
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    logLevel: "warning",
  });
  return outputFiles.map(({ text }) => text).join("");
}

/** Listing is limited by a constant that nothing configures: here, and only here, it is out of the way. */
function unlimited(script: string): string {
  const lifted = script.replace(/(key:\s*"mcp\.lists",\s*rate:\s*)"300\/minute"/, '$1"9999999/second"');
  if (lifted === script) throw new Error("the limit on listing is not where it was");
  return lifted;
}
