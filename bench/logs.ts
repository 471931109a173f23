// `node dev/node/run.mjs bench/logs.ts`: one search through a third of a million lines in six pods, as the Worker would ask for
// it, of the proxy as its image runs it: one bundled file, in a process of its own.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { exportJWK, generateKeyPair } from "jose";
import * as z from "zod";
import { bundle, PROGRAMS } from "../k8s-proxy/build.ts";
import { RUNTIME_ENVIRONMENT } from "../k8s-proxy/image/runtime.ts";
import { ROUTES } from "../k8s-proxy/src/contract/index.ts";
import { ProxyClusters } from "../src/adapters/proxy-clusters.ts";
import type { ChildProcess } from "node:child_process";
import type { JWK } from "jose";

const LINES = 360_000;
export const MIN_MB_PER_S = 10;
export const MAX_PEAK_MB = 200;

export interface LogsFigure {
  readonly question: string;
  readonly matched: number;
  readonly seconds: number;
  readonly megabytesPerSecond: number;
}

export interface LogsFigures {
  readonly lines: number;
  readonly megabytes: number;
  readonly figures: readonly LogsFigure[];
  /** The most memory that the proxy had at any time; undefined outside Linux. */
  readonly peakMegabytes: number | undefined;
}

type Question = Partial<z.input<typeof ROUTES.searchLogs.request>>;

/** What is read is the same for each; what is done with a line is not. */
const QUESTIONS: readonly Question[] = [
  { filter: "payment failed" },
  { filter: "(?i)error|timeout|refused", context: 2 },
  { limit: 1_000 },
  { dedupe: true },
];

const Serving = z.object({ port: z.int(), bytes: z.int() });
const Line = z.looseObject({ event: z.string(), port: z.int().optional() });

export async function measureLogs(): Promise<LogsFigures> {
  const server = fork(new URL("targets/many-lines.ts", import.meta.url), [String(LINES)]);
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
  const stops: (() => unknown)[] = [() => server.kill(), () => rmSync(folder, { recursive: true })];
  try {
    const [{ port, bytes }] = z.tuple([Serving, z.unknown()]).parse(await once(server, "message"));
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const program = join(folder, "main.mjs");
    await bundle(PROGRAMS.main, program);
    const proxy = startProxy(program, { port, publicKey: await exportJWK(publicKey) });
    stops.push(() => proxy.kill());
    const clusters = clustersAt(await listeningPort(proxy), await exportJWK(privateKey));

    const figures: LogsFigure[] = [];
    for (const question of QUESTIONS) figures.push(await measure(question, clusters));
    figures.push(await measurePatterns(clusters));
    // As many as the proxy allows at a time: its memory must hold both.
    await Promise.all([measure({ limit: 1_000, context: 5 }, clusters), measurePatterns(clusters)]);
    return { lines: LINES, megabytes: bytes / 1e6, figures, peakMegabytes: peakOf(proxy.pid) };
  } finally {
    for (const stop of stops) stop();
  }
}

interface Behind {
  readonly port: number;
  readonly publicKey: JWK;
}

function startProxy(program: string, { port, publicKey }: Behind): ChildProcess {
  const environment = {
    ...RUNTIME_ENVIRONMENT,
    CLUSTER_NAME: "bench",
    GATEHOUSE_PUBLIC_KEY: JSON.stringify(publicKey),
    ALLOWED_NAMESPACES: "*",
    KUBERNETES_URL: `http://127.0.0.1:${port}`,
    HOST: "127.0.0.1",
    PORT: "0",
    METRICS_PORT: "0",
    // The stand-in says nothing of rights, and readiness is not what is measured.
    DEVELOPMENT_ACCEPT_WRITE_RIGHTS: "true",
  };
  return spawn(process.execPath, [program], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
}

async function listeningPort({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error("the proxy has no output");
  for await (const text of createInterface({ input: stdout })) {
    const line = Line.parse(JSON.parse(text));
    if (line.event === "listening" && line.port !== undefined) return line.port;
  }
  throw new Error("the proxy ended before it listened");
}

function clustersAt(port: number, signingKey: JWK): ProxyClusters {
  return new ProxyClusters({
    clusters: [{ name: "bench", url: `http://127.0.0.1:${port}` }],
    signingKey,
    fetch,
    now: Date.now,
    uuid: () => crypto.randomUUID(),
  });
}

const caller = () => ({
  cluster: "bench",
  namespaces: ["*"],
  principalId: "agent:bench",
  tool: "logs.search",
  callId: "bench",
  signal: AbortSignal.timeout(60_000),
});

async function measure(question: Question, clusters: ProxyClusters): Promise<LogsFigure> {
  const request = ROUTES.searchLogs.request.parse({ namespace: "shop", since: "1h", ...question });
  const startedAt = performance.now();
  const answered = await clusters.ask(ROUTES.searchLogs, request, caller());
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  return figure(JSON.stringify(question), answered.value, startedAt);
}

async function measurePatterns(clusters: ProxyClusters): Promise<LogsFigure> {
  const request = ROUTES.logPatterns.request.parse({ namespace: "shop", since: "1h" });
  const startedAt = performance.now();
  const answered = await clusters.ask(ROUTES.logPatterns, request, caller());
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  return figure("patterns", answered.value, startedAt);
}

type Answered = Pick<z.output<typeof ROUTES.logPatterns.data>, "summary" | "truncated">;

function figure(question: string, { summary, truncated }: Answered, startedAt: number): LogsFigure {
  const seconds = (performance.now() - startedAt) / 1_000;
  if (summary.scanned_lines !== LINES || truncated.time === true) {
    throw new Error(`not all was read: ${JSON.stringify({ summary, truncated })}`);
  }
  return {
    question,
    matched: summary.matched,
    seconds,
    megabytesPerSecond: summary.scanned_bytes / 1e6 / seconds,
  };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, "utf8")) ?? [];
    return kib === undefined ? undefined : (Number(kib) * 1024) / 1e6;
  } catch {
    // No /proc on this system.
    return undefined;
  }
}

if (import.meta.main) {
  const { lines, megabytes, figures, peakMegabytes } = await measureLogs();
  console.log(`${lines.toLocaleString("en")} lines, ${megabytes.toFixed(1)} MB, six pods\n`);
  for (const { question, matched, seconds, megabytesPerSecond } of figures) {
    const verdict = megabytesPerSecond >= MIN_MB_PER_S ? "met   " : "missed";
    console.log(
      `${verdict} ${megabytesPerSecond.toFixed(1).padStart(5)} MB/s (goal ${MIN_MB_PER_S}), ${seconds.toFixed(2)} s, ${matched} matched: ${question}`,
    );
  }
  if (peakMegabytes !== undefined) {
    const verdict = peakMegabytes <= MAX_PEAK_MB ? "met   " : "missed";
    console.log(`${verdict} ${peakMegabytes.toFixed(0)} MB of memory at most (goal ${MAX_PEAK_MB})`);
  }
}
