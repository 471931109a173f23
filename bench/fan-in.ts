// `node dev/node/run.mjs bench/fan-in.ts`: many journals that drain into one PostgreSQL, each by itself and through sinks, in
// turns and in one process: what it costs the database, and what a journal waits for it.

import { setTimeout as wait } from "node:timers/promises";
import { bindings, serve, storage } from "../dev/storage/server.ts";
import { throwawayPostgres } from "../dev/throwaway/postgres.ts";
import { neonAuditStore } from "../src/adapters/neon-audit-store.ts";
import { neonSql } from "../src/adapters/neon-sql.ts";
import { objectAuditStore } from "../src/adapters/object-audit-store.ts";
import { FanIn } from "../src/audit/fan-in.ts";
import { link, sha256, writeRecord } from "../src/audit/record.ts";
import type { Actor } from "../src/audit/record.ts";
import type { AuditStore, JournalRow } from "../src/ports/audit-store.ts";

/** As a deployment has it: a journal drains ten seconds after its first row. */
const DRAIN_EVERY_MS = 10_000;
const JOURNALS = 1_000;
const ROWS = 4;
const SHARDS = 4;
const SECONDS = 20;

const ACTOR: Actor = {
  caller: {
    ...{ kind: "agent", id: "agent:bench", roles: ["observer"] },
    ...{ credential: { kind: "key", id: "abcdefghijklmnop" }, expiresAtMs: 0 },
  },
  sessionId: "bench",
  sourceIp: "203.0.113.7",
  policyVersion: "bench",
};
const { signal } = new AbortController();

interface Figures {
  readonly statementsPerS: number;
  readonly rowsPerS: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The rows of one chain, made before they are needed: what is measured is the way, not the making. */
function chain(chainId: string, rows: number): readonly JournalRow[] {
  let hash = sha256(chainId);
  return Array.from({ length: rows }, (_, index) => {
    const position = { eventId: crypto.randomUUID(), chainId, seq: index + 1, nowMs: Date.now() };
    const call = { callId: crypto.randomUUID(), phase: "outcome", action: "tool.call", tool: "k8s.list_pods" } as const;
    const ending = { decision: "allowed", outcome: "ok", durationMs: 40, handlerMs: 38, era: "modern" } as const;
    const target = { cluster: "prod", namespace: "shop" };
    const params = { namespace: "shop", label_selector: "app=web", limit: 50 };
    const record = writeRecord({ ...call, ...ending, target, params }, ACTOR, position);
    const prevHash = hash;
    hash = link(prevHash, record);
    return { seq: position.seq, record, prevHash, hash };
  });
}

function counted(store: AuditStore): { readonly store: AuditStore; readonly statements: () => number } {
  let statements = 0;
  const insert: AuditStore["insert"] = (rows, limited) => {
    statements += 1;
    return store.insert(rows, limited);
  };
  return { store: { ...store, insert }, statements: () => statements };
}

function throughSinks(direct: AuditStore): AuditStore {
  const sinks = new Map<string, FanIn>();
  const sinkOf = (name: string) => {
    const parts = { now: Date.now, pause: (ms: number) => wait(ms), onStatement: ignore, onSettled: ignore };
    const sink = sinks.get(name) ?? new FanIn({ ...parts, insert: (rows) => direct.insert(rows, signal) });
    sinks.set(name, sink);
    return { contribute: (contribution: Parameters<FanIn["offer"]>[0]) => sink.offer(structuredClone(contribution)) };
  };
  return objectAuditStore({ sinkOf, shards: SHARDS, direct });
}

function ignore(): void {
  // Nobody counts here but us.
}

/** Every journal comes back each ten seconds, at a moment of its own. */
async function measure(way: (direct: AuditStore) => AuditStore, direct: AuditStore, run: string): Promise<Figures> {
  const { store: counting, statements } = counted(direct);
  const store = way(counting);
  const drains = Math.floor((SECONDS * 1_000) / DRAIN_EVERY_MS);
  const journals = Array.from({ length: JOURNALS }, (_, index) => chain(`${run}-${index}`, ROWS * drains));
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  await Promise.all(
    journals.map(async (rows, index) => {
      for (let drain = 0; drain < drains; drain++) {
        const at = startedAt + (drain + index / JOURNALS) * DRAIN_EVERY_MS;
        await wait(Math.max(0, at - performance.now()));
        const began = performance.now();
        const inserted = await store.insert(rows.slice(drain * ROWS, (drain + 1) * ROWS), signal);
        if (!inserted.ok) failed += 1;
        latencies.push(performance.now() - began);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    statementsPerS: statements() / seconds,
    rowsPerS: (latencies.length * ROWS) / seconds,
    failed,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function main(): Promise<void> {
  const postgres = await throwawayPostgres();
  const stored = await storage({ postgresUrl: postgres.url });
  const served = await serve((request) => stored.fetch(request));
  try {
    const direct = neonAuditStore(neonSql(bindings(served.origin).DATABASE_URL));
    const told = (name: string, { statementsPerS, rowsPerS, failed, p50Ms, p99Ms }: Figures) =>
      console.log(
        `${name.padEnd(16)} ${statementsPerS.toFixed(1).padStart(7)} statements/s ${rowsPerS.toFixed(0).padStart(6)} rows/s` +
          ` p50 ${p50Ms.toFixed(0).padStart(5)} ms  p99 ${p99Ms.toFixed(0).padStart(5)} ms  ${failed} failed`,
      );
    console.log(`${JOURNALS} journals, ${ROWS} rows each every ${DRAIN_EVERY_MS / 1_000} s, ${SHARDS} sinks`);
    for (const round of [1, 2]) {
      told("each by itself", await measure((store) => store, direct, `direct-${round}`));
      told("through sinks", await measure(throughSinks, direct, `sinks-${round}`));
    }
  } finally {
    await served.close();
    await stored.close();
    await postgres.stop();
  }
}

await main();
