// Our engine beside the official SDK's handler: what a `tools/list` and a `tools/call` cost in CPU, by themselves and under load.

import * as z from "zod";
import { Agent } from "../dev/stack/agent.ts";
import { headersOf } from "./posting.ts";
import { ENGINES, META, QUESTIONS, TRANSPORTS } from "./mcp-plan.ts";
import { buildMcpWorkers, withMcpServers } from "./mcp-servers.ts";
import { usageOf } from "./proc.ts";
import { liftLimits } from "./world.ts";
import { startServer } from "./server.ts";
import type { Engine, Question, Transport } from "./mcp-plan.ts";
import type { Servers } from "./mcp-servers.ts";
import type { Bench } from "./rounds.ts";
import type { WorkerCode } from "./server.ts";

export interface McpMeasured {
  readonly engine: string;
  /** "loop": the handler by itself, in a loop inside workerd. */
  readonly way: "loop" | "load";
  readonly transport: Transport;
  readonly question: Question;
  readonly round: number;
  readonly cpuUs: number | undefined;
}

export type McpBench = Omit<Bench, "gatehouse">;

/** As many requests as one connection has under way: an agent on a socket may ask several things at once. */
const SHAPE = { http: { connections: 16, depth: 1 }, socket: { connections: 16, depth: 4 } } as const;

export async function measureMcp(bench: McpBench): Promise<readonly McpMeasured[]> {
  const { world, effort, onProgress } = bench;
  onProgress("building the Workers that answer MCP");
  const codes = await buildMcpWorkers(world.variables);
  const sdk = { ...codes.sdk, variables: { TOOLS: await toolsOf(codes.gatehouse, bench) } };

  const measured: McpMeasured[] = [];
  for (let round = 1; round <= effort.rounds; round++) {
    onProgress(`MCP, round ${round} of ${effort.rounds}`);
    // New servers each time, as everywhere: none lives long enough to drain into a measurement.
    const results = await withMcpServers({ ...codes, sdk }, (servers) => measureRound(bench, servers));
    measured.push(...results.map((result) => ({ ...result, round })));
  }
  return measured;
}

/** Names, descriptions and schemas for the SDK's server: those of our own answer. */
async function toolsOf(code: WorkerCode, { world }: McpBench): Promise<string> {
  const server = await startServer(code, "tmpfs");
  try {
    const agent = await Agent.connect(`ws://127.0.0.1:${server.port}/mcp`, world.agentKey);
    const { result } = await agent.request("tools/list", { _meta: META });
    await agent.close();
    return JSON.stringify(z.object({ tools: z.array(z.unknown()) }).parse(result).tools);
  } finally {
    await server.stop();
  }
}

type InRound = Omit<McpMeasured, "round">;

/** Those that are compared follow each other directly. */
async function measureRound(bench: McpBench, servers: Servers): Promise<readonly InRound[]> {
  await liftLimits(servers.gatehouse, ["bench.echo"], bench.world.administratorKey);
  const all = TRANSPORTS.flatMap((transport) =>
    QUESTIONS.flatMap((question) => ENGINES.map((engine) => ({ engine, transport, question }))),
  );
  const results: InRound[] = [];
  for (const asked of all) {
    const about = { ...asked, engine: asked.engine.name };
    if (asked.engine.hasLoop) results.push({ ...about, way: "loop", cpuUs: await measureLoop(servers, asked) });
    results.push({ ...about, way: "load", cpuUs: await measureLoad(bench, servers, asked) });
  }
  return results;
}

interface Asked {
  readonly engine: Engine;
  readonly transport: Transport;
  readonly question: Question;
}

async function measureLoad({ generator, effort, world }: McpBench, servers: Servers, asked: Asked) {
  const { engine, transport, question } = asked;
  const { port, pid } = servers[engine.server];
  const { cpuUs, errors, firstError } = await generator.cell({
    ...SHAPE[transport],
    port,
    pid,
    path: engine.path,
    key: engine.server === "gatehouse" ? world.agentKey : undefined,
    ...(transport === "http" && { posting: { revision: question.revision } }),
    ...(question.opening && { opening: { ...question.opening } }),
    requests: [{ ...question.request }],
    warmUpMs: effort.warmUpMs,
    measureMs: effort.measureMs / 2,
  });
  if (errors > 0) throw new Error(`${engine.name} refuses ${question.method} over ${transport}: ${firstError ?? ""}`);
  return cpuUs;
}

/** Enough of them that the request which carries the loop does not show. */
const TIMES = 600;
const WARM_UP_TIMES = 200;

async function measureLoop(servers: Servers, { engine, transport, question }: Asked) {
  const { port, pid } = servers[engine.server];
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, ...question.request });
  const opening = question.opening && JSON.stringify({ jsonrpc: "2.0", id: 0, ...question.opening });
  const headers = headersOf(message, question);
  const run = async (times: number) => {
    const body = JSON.stringify({ times, transport, opening, headers, message });
    const response = await fetch(`http://127.0.0.1:${port}${engine.path}/loop`, { method: "POST", body });
    return response.text();
  };

  const answer = await run(WARM_UP_TIMES);
  requireRight(answer, { engine, transport, question });
  const before = usageOf(pid);
  await run(TIMES);
  const after = usageOf(pid);
  return before && after && (after.cpuNs - before.cpuNs) / 1_000 / TIMES;
}

/** A server that refuses is quick, and proves nothing. */
function requireRight(answer: string, { engine, question, transport }: Asked): void {
  if (engine.server === "floor") return;
  const wanted = question.method === "tools/list" ? '"k8s_list_pods"' : '"structuredContent":{"service":"checkout"';
  if (answer.includes(wanted) && !answer.includes('"isError":true')) return;
  throw new Error(`${engine.name} answers ${question.method} over ${transport} with: ${answer.slice(0, 300)}`);
}
