// What the proxy counts, for Prometheus: never a name of who asked, and no label that a caller can choose.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Refusals of the question itself, by the proxy's own guards or by the upstream it was put to. */
const GUARDS: readonly string[] = ["unauthenticated", "namespace_not_allowed", "invalid_request", "too_much"];

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** One answered call, whatever the answer. */
export interface MeteredCall {
  readonly route: string;
  readonly status: number;
  readonly reason?: string | undefined;
  readonly tookMs: number;
  readonly redactions?: Readonly<Record<string, number>> | undefined;
  readonly scanned?: Scanned | undefined;
}

export interface Scanned {
  readonly bytes: number;
  readonly lines: number;
}

/** One watch that is over. */
export interface MeteredWatch {
  readonly ended: string;
  readonly told: number;
  readonly omitted: number;
  readonly resyncs: number;
  readonly redactions: Readonly<Record<string, number>>;
}

export interface Metrics {
  /** Counted while it is under way; the function that comes back ends that. */
  begin(route: string): () => void;
  answered(call: MeteredCall): void;
  watched(watch: MeteredWatch): void;
  /** One request to an upstream; status 0 when none came back. */
  upstream(name: string, status: number, tookMs: number): void;
  /** Where to look whether the account is proven to read only; asked at every scrape. */
  watchReadOnly(isProven: () => boolean): void;
  /** In Prometheus's text format. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsOptions {
  readonly version: string;
  readonly cluster: string;
}

export function proxyMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  describeBuild(registry, options);
  const calls = callMetrics(registry);
  const upstream = new Histogram({
    name: "gatehouse_proxy_upstream_seconds",
    help: "Time until an upstream's answer began, by upstream and status (0: none came).",
    labelNames: ["upstream", "status"],
    buckets: SECONDS,
    registers: [registry],
  });

  return {
    begin: (route) => {
      calls.inFlight.inc({ route });
      return () => calls.inFlight.dec({ route });
    },
    answered: (call) => count(call, calls),
    watched: (watch) => countWatch(watch, calls),
    upstream: (name, status, tookMs) =>
      upstream.observe({ upstream: name.replace(/^The /, "").toLowerCase(), status }, tookMs / 1000),
    watchReadOnly: (isProven) => watchReadOnly(registry, isProven),
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function describeBuild(registry: Registry, { version, cluster }: MetricsOptions): void {
  new Gauge({
    name: "gatehouse_proxy_build_info",
    help: "Always 1; the labels say which proxy this is.",
    labelNames: ["version", "node", "cluster"],
    registers: [registry],
  }).set({ version, node: process.versions.node, cluster }, 1);
}

function watchReadOnly(registry: Registry, isProven: () => boolean): void {
  new Gauge({
    name: "gatehouse_proxy_read_only_proven",
    help: "1 while the proxy's account is proven to hold nothing but rights to read, else 0.",
    registers: [registry],
    collect() {
      this.set(isProven() ? 1 : 0);
    },
  });
}

type Calls = ReturnType<typeof callMetrics>;

function callMetrics(registry: Registry) {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `gatehouse_proxy_${name}`, help, labelNames, registers: [registry] });
  return {
    requests: counter("requests_total", "Calls, by route, status and reason of refusal.", [
      "route",
      "status",
      "reason",
    ]),
    refusals: counter("guard_refusals_total", "Calls whose question was refused, by a guard here or by the upstream.", [
      "reason",
    ]),
    redactions: counter("redactions_total", "Secrets taken out of answers, by kind.", ["kind"]),
    scannedBytes: counter("log_scanned_bytes_total", "Bytes of logs that were read for searches and patterns.", []),
    scannedLines: counter("log_scanned_lines_total", "Lines of logs that were read for searches and patterns.", []),
    watches: counter("watches_ended_total", "Watches that are over, by what ended them.", ["reason"]),
    changes: counter("watch_changes_total", "Changes that watches saw, by whether they were told or omitted.", [
      "outcome",
    ]),
    resyncs: counter("watch_resyncs_total", "New starts of watches whose place the API server no longer knew.", []),
    inFlight: new Gauge({
      name: "gatehouse_proxy_requests_in_flight",
      help: "Calls under way, by route: open watches are those of /v1/watch-namespace.",
      labelNames: ["route"],
      registers: [registry],
    }),
    seconds: new Histogram({
      name: "gatehouse_proxy_request_seconds",
      help: "Time of calls, by route.",
      labelNames: ["route"],
      buckets: SECONDS,
      registers: [registry],
    }),
  };
}

function count({ route, status, reason, tookMs, redactions = {}, scanned }: MeteredCall, calls: Calls): void {
  calls.requests.inc({ route, status, reason: reason ?? "" });
  calls.seconds.observe({ route }, tookMs / 1000);
  if (reason !== undefined && GUARDS.includes(reason)) calls.refusals.inc({ reason });
  for (const [kind, times] of Object.entries(redactions)) calls.redactions.inc({ kind }, times);
  if (scanned) {
    calls.scannedBytes.inc(scanned.bytes);
    calls.scannedLines.inc(scanned.lines);
  }
}

function countWatch({ ended, told, omitted, resyncs, redactions }: MeteredWatch, calls: Calls): void {
  calls.watches.inc({ reason: ended });
  calls.changes.inc({ outcome: "told" }, told);
  calls.changes.inc({ outcome: "omitted" }, omitted);
  calls.resyncs.inc(resyncs);
  for (const [kind, times] of Object.entries(redactions)) calls.redactions.inc({ kind }, times);
}
