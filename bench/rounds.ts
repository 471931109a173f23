// The measurements themselves: rounds of short cells, those that are compared standing side by side.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LIMITED_TOOLS, TARGETS } from "./plan.ts";
import { startServer, TMPFS } from "./server.ts";
import { liftLimits } from "./world.ts";
import type { CellResult } from "./cell.ts";
import type { CrowdResult } from "./crowd.ts";
import type { Generator } from "./generator.ts";
import type { Effort, Shape, Target } from "./plan.ts";
import type { Medium, Server, WorkerCode } from "./server.ts";
import type { World } from "./world.ts";

export interface Bench {
  readonly effort: Effort;
  readonly world: World;
  readonly generator: Generator;
  readonly gatehouse: WorkerCode;
  readonly onProgress: (step: string) => void;
}

export interface Measured {
  readonly target: string;
  readonly medium: Medium;
  readonly shape: Shape;
  readonly round: number;
  readonly result: CellResult;
}

export const FLOOR: WorkerCode = {
  name: "floor",
  script: readFileSync(join(import.meta.dirname, "targets", "echo.mjs"), "utf8"),
  objects: { ECHO: "Echo", INSERT: "Insert" },
};

export function media(): readonly Medium[] {
  return existsSync(TMPFS) ? ["tmpfs", "disk"] : ["disk"];
}

export async function measureRounds(bench: Bench): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (let round = 1; round <= bench.effort.rounds; round++) {
    for (const medium of media()) {
      bench.onProgress(`round ${round} of ${bench.effort.rounds}, ${medium}`);
      const results = await measureBlock(bench, medium);
      measured.push(...results.map((result) => ({ ...result, round })));
    }
  }
  return measured;
}

type InBlock = Omit<Measured, "round">;

/**
 * Servers of its own for every block: their journals begin empty, and none of them lives long enough to drain into
 * somebody else's measurement.
 */
function measureBlock(bench: Bench, medium: Medium): Promise<readonly InBlock[]> {
  const targets = TARGETS.filter((target) => target.media.includes(medium) || media().length === 1);
  return withServers(bench, medium, async (servers) => {
    const results: InBlock[] = [];
    for (const shape of bench.effort.shapes) {
      for (const target of targets) {
        const result = await measureCell(bench, servers[target.server], { target, shape });
        results.push({ target: target.name, medium, shape, result });
      }
    }
    return results;
  });
}

interface Cell {
  readonly target: Target;
  readonly shape: Shape;
}

function measureCell(
  { effort, generator, world }: Bench,
  server: Server,
  { target, shape }: Cell,
): Promise<CellResult> {
  const { warmUpMs, measureMs } = effort;
  const { port, pid } = server;
  return generator.cell({
    ...shape,
    port,
    path: target.path,
    key: target.server === "gatehouse" ? world.agentKey : undefined,
    requests: target.requests.map((request) => ({ ...request })),
    warmUpMs,
    measureMs,
    pid,
  });
}

export interface Crowds {
  readonly floor: CrowdResult;
  readonly gatehouse: CrowdResult;
}

/** On disk: where a session's memory and its opening are what they are in a deployment. */
export function measureCrowds(bench: Bench): Promise<Crowds> {
  const { effort, generator, world } = bench;
  const { sessions } = effort;
  return withServers(bench, "disk", async ({ floor, gatehouse }) => ({
    floor: await generator.crowd({ sessions, port: floor.port, pid: floor.pid, path: "/insert" }),
    gatehouse: await generator.crowd({
      sessions,
      port: gatehouse.port,
      pid: gatehouse.pid,
      path: "/mcp",
      key: world.agentKey,
    }),
  }));
}

interface Servers {
  readonly floor: Server;
  readonly gatehouse: Server;
}

async function withServers<T>(bench: Bench, medium: Medium, work: (servers: Servers) => Promise<T>): Promise<T> {
  const floor = await startServer(FLOOR, medium);
  try {
    const gatehouse = await startServer(bench.gatehouse, medium);
    try {
      await liftLimits(gatehouse, LIMITED_TOOLS, bench.world.administratorKey);
      return await work({ floor, gatehouse });
    } finally {
      await gatehouse.stop();
    }
  } finally {
    await floor.stop();
  }
}
