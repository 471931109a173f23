// The one file of the image: small, and whole enough to answer a call in front of the demo's cluster.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startCluster } from "../../dev/cluster/server.ts";
import { bundle, PROGRAMS } from "../build.ts";
import { RUNTIME_ENVIRONMENT } from "../image/runtime.ts";
import { startProcess } from "./proxy-process.ts";
import { CLUSTER, newSigner, sign } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";
import type { Line, ProxyProcess } from "./proxy-process.ts";
import type { Signer } from "./worker-side.ts";

/** What a pod asks for, as its node must have it free: deploy/base/deployment.yaml. */
const REQUESTED_MEMORY_BYTES = 96 * 1024 * 1024;

const Pods = z.object({ pods: z.array(z.object({ name: z.string(), status: z.string() })) });

let folder: string;
let bytes: number;
let cluster: RunningCluster;
let worker: Signer;
let proxy: ProxyProcess;
let listening: Line;

beforeAll(async () => {
  // Outside of the checkout, so that nothing of its packages can be found from there.
  folder = mkdtempSync(join(tmpdir(), "k8s-proxy-"));
  bytes = await bundle(PROGRAMS.main, join(folder, "main.mjs"));
  cluster = await startCluster({ port: 0 });
  worker = await newSigner();
  const environment = {
    CLUSTER_NAME: CLUSTER,
    GATEHOUSE_PUBLIC_KEY: JSON.stringify(worker.publicKey),
    ALLOWED_NAMESPACES: "shop",
    KUBERNETES_URL: cluster.url,
    REDACT_PATTERNS: '["ACME-[0-9]{12}"]',
    ...RUNTIME_ENVIRONMENT,
    HOST: "127.0.0.1",
    PORT: "0",
  };
  proxy = startProcess(environment, join(folder, "main.mjs"));
  listening = await proxy.nextLine("listening");
}, 30_000);

afterAll(async () => {
  proxy.child.kill("SIGKILL");
  await cluster.close();
  rmSync(folder, { recursive: true });
});

async function ask(route: string, question: object): Promise<Response> {
  const body = JSON.stringify(question);
  const iat = Math.floor(Date.now() / 1000);
  const token = await sign(worker, { body, claims: { path: route, iat, exp: iat + 30, namespaces: ["shop"] } });
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`http://127.0.0.1:${listening.port ?? ""}${route}`, { method: "POST", body, headers });
}

async function metrics(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${listening.metrics_port ?? ""}/metrics`)).text();
}

async function residentBytes(): Promise<number> {
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(await metrics())?.[1]);
}

describe("the bundle", () => {
  it("is one file of a megabyte at most", () => {
    process.stdout.write(`k8s-proxy: ${Math.ceil(bytes / 1024)} KiB\n`);

    expect(bytes).toBe(statSync(join(folder, "main.mjs")).size);
    expect(bytes).toBeLessThanOrEqual(PROGRAMS.main.maxBytes);
  });

  it(
    "is ready when it has proved itself, and idles within the memory that its pod asks for",
    { timeout: 20_000 },
    async () => {
      const ready = await fetch(`http://127.0.0.1:${listening.port ?? ""}/readyz`);

      expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('"verdict":"proven"')]);
      // What the start left behind may take a moment to be collected.
      await expect.poll(residentBytes, { timeout: 15_000, interval: 500 }).toBeLessThanOrEqual(REQUESTED_MEMORY_BYTES);
      process.stdout.write(`k8s-proxy: ${Math.ceil((await residentBytes()) / 1024 / 1024)} MiB resident\n`);
    },
  );

  it("answers a signed call by itself, and counts it", async () => {
    const response = await ask("/v1/list-pods", { namespace: "shop", limit: 5 });

    expect(response.status).toBe(200);
    expect(Pods.parse(await response.json()).pods).toHaveLength(5);
    expect(await metrics()).toContain('requests_total{route="/v1/list-pods",status="200",reason=""} 1');
  });

  it("ends when it is told to", async () => {
    proxy.child.kill("SIGTERM");
    await proxy.nextLine("stopped");

    expect(await proxy.exited).toEqual([0, null]);
  });
});
