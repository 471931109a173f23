// How the process starts, says so, and stops without dropping a call.
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "../src/serve.ts";
import { apiServer, json } from "./api-server.ts";
import { healthy, startProcess } from "./proxy-process.ts";
import { recorded } from "./recorded.ts";
import { CLUSTER, newSigner, sign } from "./worker-side.ts";

import type { ProxyProcess } from "./proxy-process.ts";

let proxy: ProxyProcess | undefined;
afterEach(() => proxy?.child.kill("SIGKILL"));

describe("the process", () => {
  it("says where it listens, and on SIGTERM finishes the call under way before it ends", async () => {
    const worker = await newSigner();
    const asked = Promise.withResolvers<undefined>();
    const mayAnswer = Promise.withResolvers<undefined>();
    const api = await apiServer(
      healthy((response, request) => {
        asked.resolve(undefined);
        void mayAnswer.promise.then(() =>
          json(recorded("errors/200-empty-list-unknown-namespace").body)(response, request),
        );
      }),
    );
    proxy = startProcess({
      CLUSTER_NAME: CLUSTER,
      GATEHOUSE_PUBLIC_KEY: JSON.stringify(worker.publicKey),
      ALLOWED_NAMESPACES: "shop",
      KUBERNETES_URL: api.url.href,
      HOST: "127.0.0.1",
      PORT: "0",
    });
    const { port, metrics_port } = await proxy.nextLine("listening");
    const url = `http://127.0.0.1:${port ?? ""}`;

    const body = JSON.stringify({ namespace: "shop", limit: 1 });
    const issuedAt = Math.floor(Date.now() / 1000);
    const token = await sign(worker, { body, claims: { iat: issuedAt, exp: issuedAt + 30 } });
    const call = fetch(`${url}/v1/list-pods`, { method: "POST", body, headers: { authorization: `Bearer ${token}` } });
    await asked.promise;
    proxy.child.kill("SIGTERM");
    await proxy.nextLine("stopping");
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    const inFlight = await (await fetch(`http://127.0.0.1:${metrics_port ?? ""}/metrics`)).text();
    mayAnswer.resolve(undefined);

    expect(inFlight).toContain('requests_in_flight{route="/v1/list-pods"} 1');
    expect((await call).status).toBe(200);
    expect(await proxy.exited).toEqual([0, null]);
    await api.close();
  });

  it("names every fault of its environment in one line and ends with 1", async () => {
    proxy = startProcess({});

    const line = await proxy.nextLine("cannot_start");

    for (const name of ["CLUSTER_NAME", "GATEHOUSE_PUBLIC_KEY", "ALLOWED_NAMESPACES", "KUBECONFIG"]) {
      expect(JSON.stringify(line)).toContain(name);
    }
    expect(await proxy.exited).toEqual([1, null]);
  });
});

describe("a stop", () => {
  it("cuts calls that are still under way when its time is over", async () => {
    const asked = Promise.withResolvers<undefined>();
    const app = new Hono().get("/", () => {
      asked.resolve(undefined);
      return new Promise<Response>(() => undefined);
    });
    const listening = await listen(app, { host: "127.0.0.1", port: 0 });
    const call = fetch(`http://127.0.0.1:${listening.port}/`).then(
      () => "answered",
      () => "cut",
    );
    await asked.promise;

    await listening.stop(10);

    expect(await call).toBe("cut");
  });
});
