// One cell of the table: so many connections, so many requests under way on each, for so long.

import * as z from "zod";
import { readReply } from "./frames.ts";
import { Posting } from "./posting.ts";
import { usageOf } from "./proc.ts";
import { openAll } from "./socket.ts";
import type { Line } from "./socket.ts";

export const CellJob = z.object({
  kind: z.literal("cell"),
  port: z.number(),
  path: z.string(),
  key: z.string().optional(),
  /** Requests in bodies of POSTs instead of frames. */
  posting: Posting.optional(),
  /** Said once on each connection, before anything else. */
  opening: z.looseObject({}).optional(),
  connections: z.int(),
  /** Requests under way on each connection. */
  depth: z.int(),
  /** JSON-RPC requests without their ids, taken in turn. */
  requests: z.array(z.looseObject({})).min(1),
  warmUpMs: z.number(),
  measureMs: z.number(),
  /** The server's process, where it is known. */
  pid: z.number().optional(),
});
export type CellJob = z.output<typeof CellJob>;

export const CellResult = z.object({
  callsPerS: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** Of the server, per call. */
  cpuUs: z.number().optional(),
  /** Cores: near 1, a single thread is the bottleneck. */
  serverCores: z.number().optional(),
  generatorCores: z.number(),
  errors: z.int(),
  firstError: z.string().optional(),
});
export type CellResult = z.output<typeof CellResult>;

/** Behind a server that has stopped answering we wait no longer than this. */
const STALLED_MS = 5_000;

export async function runCell(job: CellJob): Promise<CellResult> {
  const lines = await openAll(job, job.connections);
  const tally = new Tally();
  const streams = lines.map((line) => new Stream(line, job, tally));
  for (const stream of streams) stream.start();
  await sleep(job.warmUpMs);

  const before = mark(job.pid);
  tally.reset();
  await sleep(job.measureMs);
  const calls = tally.latencies.length;
  const after = mark(job.pid);

  const deadline = performance.now() + STALLED_MS;
  for (const stream of streams) stream.stop();
  while (streams.some(({ isBusy }) => isBusy) && performance.now() < deadline) await sleep(5);
  const result = summarize(tally, calls, { before, after });
  await Promise.all(lines.map((line) => line.close()));
  if (calls === 0) throw new Error("the server answered nothing");
  return result;
}

/** One connection and the requests that it keeps under way. */
class Stream {
  readonly #line: Line;
  readonly #tally: Tally;
  readonly #slots: Slot[];
  #isRunning = true;
  #underWay = 0;

  constructor(line: Line, { depth, requests }: CellJob, tally: Tally) {
    this.#line = line;
    this.#tally = tally;
    // An id is used again once it has been answered, so the frames of a slot never change.
    this.#slots = Array.from({ length: depth }, (_, id) => ({
      frames: requests.map((request) => line.encode(JSON.stringify({ jsonrpc: "2.0", id, ...request }))),
      turn: 0,
      sentAt: 0,
    }));
    line.listen((payloads) => this.#answered(payloads));
  }

  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  start(): void {
    this.#send(this.#slots);
  }

  stop(): void {
    this.#isRunning = false;
  }

  #answered(payloads: readonly Buffer[]): void {
    const now = performance.now();
    const free: Slot[] = [];
    for (const payload of payloads) {
      const reply = readReply(payload);
      const slot = reply && this.#slots[reply.id];
      if (!slot) continue;
      this.#underWay--;
      this.#tally.add(now - slot.sentAt, reply.isError ? payload : undefined);
      free.push(slot);
    }
    if (this.#isRunning && free.length > 0) this.#send(free);
  }

  // What was answered together is asked again together, in one write.
  #send(slots: readonly Slot[]): void {
    const now = performance.now();
    const frames = slots.map((slot) => {
      slot.sentAt = now;
      return slot.frames[slot.turn++ % slot.frames.length] ?? Buffer.alloc(0);
    });
    this.#underWay += slots.length;
    this.#line.send(frames);
  }
}

interface Slot {
  readonly frames: readonly Buffer[];
  turn: number;
  sentAt: number;
}

class Tally {
  latencies: number[] = [];
  errors = 0;
  firstError: string | undefined;

  add(latencyMs: number, error: Buffer | undefined): void {
    this.latencies.push(latencyMs);
    if (!error) return;
    this.errors++;
    this.firstError ??= error.toString().slice(0, 300);
  }

  reset(): void {
    this.latencies = [];
  }
}

interface Mark {
  readonly atMs: number;
  readonly serverNs: number | undefined;
  readonly ownUs: number;
}

function mark(pid: number | undefined): Mark {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), serverNs: usageOf(pid)?.cpuNs, ownUs: user + system };
}

interface Interval {
  readonly before: Mark;
  readonly after: Mark;
}

function summarize(tally: Tally, calls: number, { before, after }: Interval): CellResult {
  const wallMs = after.atMs - before.atMs;
  const latencies = Float64Array.from(tally.latencies.slice(0, calls)).sort();
  const cpuMs = serverCpuMs({ before, after });
  return {
    callsPerS: (calls / wallMs) * 1_000,
    p50Ms: latencies[Math.floor(calls * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(calls * 0.99)] ?? 0,
    ...(cpuMs === undefined ? {} : { cpuUs: (cpuMs * 1_000) / Math.max(calls, 1), serverCores: cpuMs / wallMs }),
    generatorCores: (after.ownUs - before.ownUs) / 1_000 / wallMs,
    errors: tally.errors,
    ...(tally.firstError === undefined ? {} : { firstError: tally.firstError }),
  };
}

function serverCpuMs({ before, after }: Interval): number | undefined {
  if (before.serverNs === undefined || after.serverNs === undefined) return undefined;
  return (after.serverNs - before.serverNs) / 1e6;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
