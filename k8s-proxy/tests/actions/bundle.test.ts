// The actions proxy's one file: whole enough to change something in the demo's cluster, and no door for the reading proxy's calls.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster } from "../../../dev/cluster/server.ts";
import { bundle, PROGRAMS } from "../../build.ts";
import { RUNTIME_ENVIRONMENT } from "../../image/runtime.ts";
import { ACTION_ROUTES, ACTION_TOKEN_TYPE, actionAudience } from "../../src/contract/index.ts";
import { startProcess } from "../proxy-process.ts";
import { CLUSTER, newSigner, sign } from "../worker-side.ts";

import type { RunningCluster } from "../../../dev/cluster/server.ts";
import type { Line, ProxyProcess } from "../proxy-process.ts";
import type { Signer } from "../worker-side.ts";

/** What a pod asks for: deploy/components/runbook-actions/deployment.yaml. */
const REQUESTED_MEMORY_BYTES = 96 * 1024 * 1024;

let folder: string;
let bytes: number;
let cluster: RunningCluster;
let worker: Signer;
let proxy: ProxyProcess;
let listening: Line;

beforeAll(async () => {
  // Outside of the checkout, so that nothing of its packages can be found from there.
  folder = mkdtempSync(join(tmpdir(), "actions-proxy-"));
  const program = join(folder, "actions.mjs");
  bytes = await bundle(PROGRAMS.actions, program);
  cluster = await startCluster({ port: 0 });
  worker = await newSigner();
  const environment = {
    CLUSTER_NAME: CLUSTER,
    GATEHOUSE_PUBLIC_KEY: JSON.stringify(worker.publicKey),
    ALLOWED_NAMESPACES: "shop",
    ALLOWED_ACTIONS: "rollout_restart",
    KUBERNETES_URL: cluster.url,
    ...RUNTIME_ENVIRONMENT,
    HOST: "127.0.0.1",
    PORT: "0",
  };
  proxy = startProcess(environment, program);
  listening = await proxy.nextLine("listening");
}, 30_000);

afterAll(async () => {
  proxy.child.kill("SIGKILL");
  await cluster.close();
  rmSync(folder, { recursive: true });
});

const at = (path: string, port = listening.port) => `http://127.0.0.1:${port ?? ""}${path}`;
const metrics = async () => (await fetch(at("/metrics", listening.metrics_port))).text();

async function restart(type: string, aud: string): Promise<Response> {
  const { path } = ACTION_ROUTES.rollout_restart;
  const asked = { namespace: "shop", name: "web", dry_run: false, idempotency_key: "approval:restart" };
  const body = JSON.stringify(asked);
  const iat = Math.floor(Date.now() / 1000);
  const token = await sign(worker, { body, header: { typ: type }, claims: { aud, path, iat, exp: iat + 30 } });
  return fetch(at(path), { method: "POST", body, headers: { authorization: `Bearer ${token}` } });
}

describe("the bundle of the actions proxy", () => {
  it("is one file within its own bound", () => {
    process.stdout.write(`actions-proxy: ${Math.ceil(bytes / 1024)} KiB\n`);

    expect(bytes).toBe(statSync(join(folder, "actions.mjs")).size);
    expect(bytes).toBeLessThanOrEqual(PROGRAMS.actions.maxBytes);
  });

  it(
    "is ready once the API server is there, and idles within the memory that its pod asks for",
    { timeout: 20_000 },
    async () => {
      const resident = async () => Number(/^process_resident_memory_bytes (\d+)$/m.exec(await metrics())?.[1]);

      expect((await fetch(at("/readyz"))).status).toBe(200);
      // What the start left behind may take a moment to be collected.
      await expect.poll(resident, { timeout: 15_000, interval: 500 }).toBeLessThanOrEqual(REQUESTED_MEMORY_BYTES);
    },
  );

  it("changes what a token of its own asks for, and counts it; a token of the reading proxy asks in vain", async () => {
    const refused = await restart("gatehouse-call+jwt", CLUSTER);
    const done = await restart(ACTION_TOKEN_TYPE, actionAudience(CLUSTER));

    expect([refused.status, done.status]).toEqual([401, 200]);
    const web = await (await fetch(`${cluster.url}/apis/apps/v1/namespaces/shop/deployments/web`)).text();
    expect(web).toContain('"gatehouse.dev/last-action":"approval:restart"');
    expect(await metrics()).toContain('requests_total{route="/v1/actions/rollout-restart",status="200",reason=""} 1');
  });

  it("ends when it is told to", async () => {
    proxy.child.kill("SIGTERM");
    await proxy.nextLine("stopped");

    expect(await proxy.exited).toEqual([0, null]);
  });
});
