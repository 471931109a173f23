// Whether a cluster's proxy is there, ready, able only to read, on time, and of one mind with us about the key.

import { randomUUID } from "node:crypto";
import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { ProxyClusters } from "../../src/adapters/proxy-clusters.ts";
import type { JWK } from "jose";
import type { Cluster } from "./configured-clusters.ts";

const TIMEOUT_MS = 10_000;
/** The proxy forgives five seconds; a second of these is lost in the header's own precision. */
const MAX_SKEW_S = 4;

const Readiness = z.object({
  status: z.string(),
  version: z.string().optional(),
  read_only: z.object({ verdict: z.string(), namespaces: z.int(), violations: z.int() }).optional(),
});
type Readiness = z.output<typeof Readiness>;

/** A row of the table. `faults` is empty when all is well. */
export interface Checked {
  readonly cluster: string;
  readonly ready: string;
  readonly version: string;
  readonly read_only: string;
  readonly clock: string;
  readonly call: string;
  readonly faults: readonly string[];
}

export interface CheckOptions {
  /** Without one, no signed call is made. */
  readonly signingKey: JWK | undefined;
  readonly now: () => number;
}

export async function checkCluster(cluster: Cluster, options: CheckOptions): Promise<Checked> {
  const asked = await askReadiness(cluster, options.now);
  if (typeof asked === "string") {
    return {
      cluster: cluster.name,
      ready: "no answer",
      version: "",
      read_only: "",
      clock: "",
      call: "",
      faults: [asked],
    };
  }
  const call = await signedCall(cluster, options);
  const { status, version = "", read_only } = asked.readiness;
  return {
    cluster: cluster.name,
    ready: status,
    version,
    read_only: read_only ? `${read_only.verdict} (${read_only.namespaces} namespaces)` : "",
    clock: asked.skewS === undefined ? "unknown" : `${asked.skewS} s`,
    call: call.words,
    faults: [...readinessFaults(asked.readiness), ...clockFaults(asked.skewS), ...call.faults],
  };
}

interface Asked {
  readonly readiness: Readiness;
  readonly skewS: number | undefined;
}

async function askReadiness({ url }: Cluster, now: () => number): Promise<Asked | string> {
  const address = `${url.replace(/\/+$/, "")}/readyz`;
  try {
    const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const readAt = now();
    const readiness = Readiness.safeParse(await response.json());
    if (!readiness.success) return `${address} answered ${response.status}, but not as a k8s-proxy does`;
    const date = Date.parse(response.headers.get("date") ?? "");
    return { readiness: readiness.data, skewS: Number.isNaN(date) ? undefined : Math.round((date - readAt) / 1000) };
  } catch (cause) {
    if (cause instanceof SyntaxError) return `${address} answered something that is not JSON: is it another service?`;
    const { code, message } = z
      .object({ code: z.string().optional(), message: z.string().default("no answer") })
      .catch({ message: "no answer" })
      .parse(cause instanceof Error ? (cause.cause ?? cause) : {});
    return `${address} cannot be reached: ${code ?? message}`;
  }
}

function readinessFaults({ status, read_only }: Readiness): string[] {
  if (status === "ready") return [];
  const found = read_only && read_only.violations > 0 ? `, ${read_only.violations} rule(s) too many` : "";
  return [`it is not ready: ${status}${found}. What each verdict means: docs/clusters.md`];
}

function clockFaults(skewS: number | undefined): string[] {
  if (skewS === undefined || Math.abs(skewS) <= MAX_SKEW_S) return [];
  return [
    `its clock is ${Math.abs(skewS)} s ${skewS > 0 ? "ahead of" : "behind"} this machine's: tokens will be refused`,
  ];
}

interface Called {
  readonly words: string;
  readonly faults: readonly string[];
}

/** Made by the Worker's own code, so that what works here works there. */
async function signedCall(cluster: Cluster, { signingKey, now }: CheckOptions): Promise<Called> {
  if (signingKey === undefined) return { words: "not made: no key", faults: [] };
  const clusters = new ProxyClusters({ clusters: [cluster], signingKey, fetch, now, uuid: randomUUID });
  const outcome = await clusters.ask(
    ROUTES.listNamespaces,
    {},
    {
      cluster: cluster.name,
      namespaces: ["*"],
      principalId: "operator/clusters-check",
      tool: "k8s.list_namespaces",
      callId: randomUUID(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    },
  );
  if (outcome.ok) return { words: `${outcome.value.namespaces.length} namespaces open`, faults: [] };
  const { error } = outcome;
  if (error.kind !== "proxy_refused") return { words: "failed", faults: [error.message] };
  const { reason, message } = error.error;
  const hint = reason === "unauthenticated" ? `: is this its key, and is its CLUSTER_NAME ${cluster.name}?` : "";
  return { words: reason, faults: [`the signed call was refused: ${message}${hint}`] };
}
