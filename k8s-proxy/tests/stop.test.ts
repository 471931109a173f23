// How the process starts, says so, and stops without dropping a call.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { listen } from "../src/serve.ts";
import { apiServer, json } from "./api-server.ts";
import { recorded } from "./recorded.ts";
import { CLUSTER, newSigner, sign } from "./worker-side.ts";

import type { ChildProcess } from "node:child_process";

const MAIN = new URL("../src/main.ts", import.meta.url).pathname;
const Line = z.looseObject({ event: z.string(), port: z.int().optional() });

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

function start(environment: Record<string, string>) {
  const process_ = spawn(process.execPath, [MAIN], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  child = process_;
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
  return {
    kill: () => process_.kill("SIGTERM"),
    exited: once(process_, "exit"),
    nextLine: async () => Line.parse(JSON.parse(z.string().parse((await lines.next()).value))),
  };
}

describe("the process", () => {
  it("says where it listens, and on SIGTERM finishes the call under way before it ends", async () => {
    const worker = await newSigner();
    const asked = Promise.withResolvers<undefined>();
    const mayAnswer = Promise.withResolvers<undefined>();
    const api = await apiServer((response, request) => {
      asked.resolve(undefined);
      void mayAnswer.promise.then(() =>
        json(recorded("errors/200-empty-list-unknown-namespace").body)(response, request),
      );
    });
    const proxy = start({
      CLUSTER_NAME: CLUSTER,
      GATEHOUSE_PUBLIC_KEY: JSON.stringify(worker.publicKey),
      ALLOWED_NAMESPACES: "shop",
      KUBERNETES_URL: api.url.href,
      HOST: "127.0.0.1",
      PORT: "0",
    });
    const { event, port } = await proxy.nextLine();
    const url = `http://127.0.0.1:${port ?? ""}`;

    const body = JSON.stringify({ namespace: "shop", limit: 1 });
    const issuedAt = Math.floor(Date.now() / 1000);
    const token = await sign(worker, { body, claims: { iat: issuedAt, exp: issuedAt + 30 } });
    const call = fetch(`${url}/v1/list-pods`, { method: "POST", body, headers: { authorization: `Bearer ${token}` } });
    await asked.promise;
    proxy.kill();
    const stopping = await proxy.nextLine();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    mayAnswer.resolve(undefined);

    expect([event, stopping.event, (await call).status]).toEqual(["listening", "stopping", 200]);
    expect(await proxy.exited).toEqual([0, null]);
    await api.close();
  });

  it("names every fault of its environment in one line and ends with 1", async () => {
    const proxy = start({});

    const line = await proxy.nextLine();

    expect(line.event).toBe("cannot_start");
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
