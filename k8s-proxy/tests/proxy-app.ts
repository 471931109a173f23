// The proxy's application in this process, in front of a scripted API server and with a fixed clock.
import { createApp } from "../src/app.ts";
import { authenticator } from "../src/authenticate.ts";
import { kubernetesApi } from "../src/kubernetes/client.ts";
import { CLUSTER, NOW, newSigner, sign } from "./worker-side.ts";

import type { Hono } from "hono";
import type { EgressOptions } from "../src/egress.ts";
import type { CallEvent, ProcessEvent } from "../src/log.ts";
import type { TokenParts } from "./worker-side.ts";

export interface TestProxy {
  readonly app: Hono;
  readonly events: readonly (CallEvent | ProcessEvent)[];
  /** How long the client paused before each retry; no time passes. */
  readonly pauses: readonly number[];
  readonly stopping: AbortController;
  /** A call as the Worker makes it, its token signed for exactly this body. */
  call(body: object | string, token?: Omit<TokenParts, "body">, init?: RequestInit): Promise<Response>;
}

export interface TestProxyOptions extends Partial<EgressOptions> {
  readonly server: URL;
  readonly token?: (maxAgeMs: number) => Promise<string | undefined>;
  readonly allowed?: readonly string[];
}

export async function testProxy({ server, token, allowed = ["*"], ...api }: TestProxyOptions): Promise<TestProxy> {
  const signer = await newSigner();
  const events: (CallEvent | ProcessEvent)[] = [];
  const pauses: number[] = [];
  const stopping = new AbortController();
  const now = api.now ?? (() => NOW);
  const wait = (ms: number) => Promise.resolve(pauses.push(ms));
  const app = createApp({
    authenticate: await authenticator({ keys: [signer.publicKey], clusterName: CLUSTER, now }),
    allowedNamespaces: allowed,
    backends: {
      now,
      api: kubernetesApi(
        { server, tls: {}, token: token ?? (() => Promise.resolve("service-account-token")) },
        { random: () => 0, wait, ...api, now },
      ),
    },
    log: (event) => events.push(event),
    newId: () => "generated-id",
    stopping: stopping.signal,
  });

  return {
    app,
    events,
    pauses,
    stopping,
    async call(body, parts, init) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const authorization = `Bearer ${await sign(signer, { body: text, ...parts })}`;
      return app.request("/v1/list-pods", { method: "POST", body: text, headers: { authorization }, ...init });
    },
  };
}
