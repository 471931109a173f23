// The actions proxy's application in this process, in front of a scripted API server that remembers what was written to it.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { createActionsApp } from "../../src/actions/app.ts";
import { kubernetesWrites } from "../../src/actions/egress.ts";
import { keyMemory } from "../../src/actions/keys.ts";
import { actionsReadiness } from "../../src/actions/readiness.ts";
import { authenticator } from "../../src/authenticate.ts";
import { ACTION_ROUTES, ACTION_TOKEN_TYPE, actionAudience } from "../../src/contract/index.ts";
import { kubernetesApi } from "../../src/kubernetes/client.ts";
import { proxyMetrics } from "../../src/metrics.ts";
import { redact } from "../../src/redact/redact.ts";
import { recorded, recordedItems } from "../recorded.ts";
import { CLUSTER, NOW, newSigner, sign } from "../worker-side.ts";

import type { Hono } from "hono";
import type { PodName } from "../../src/actions/paths.ts";
import type { ActionName } from "../../src/contract/index.ts";
import type { LogEvent } from "../../src/log.ts";
import type { Redact } from "../../src/redact/redact.ts";
import type { Exchange } from "../recorded.ts";

/** By method and path, as `PATCH /api/v1/nodes/node-1`; a function may look at the body, and `cut` breaks the connection off. */
export type Script = Readonly<Record<string, Told | ((body: unknown) => Told)>>;
type Told = Pick<Exchange, "status" | "body"> | "cut";

export interface Sent {
  /** With its query, as it came. */
  readonly to: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

export interface Stage extends TestActions {
  /** Everything but GET. */
  readonly written: readonly Sent[];
  readonly read: readonly string[];
}

/** The application, and calls as the Worker makes them. */
export interface TestActions {
  readonly app: Hono;
  readonly events: readonly LogEvent[];
  call(action: ActionName, asked: object, how?: How): Promise<Answer>;
  post(path: string, body: object, how?: How): Promise<Answer>;
  pass(ms: number): void;
}

interface How {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: z.output<typeof Body>;
}

const Body = z.looseObject({
  error: z.object({ reason: z.string(), message: z.string(), retry_after_s: z.int().optional() }).optional(),
  warnings: z.array(z.string()).default([]),
});

export interface StageOptions {
  readonly allowedActions?: readonly ActionName[];
  readonly allowedNamespaces?: readonly string[];
  readonly ownPod?: PodName;
  readonly redact?: Redact;
  readonly timeoutMs?: number;
}

export const ALL_ACTIONS: readonly ActionName[] = [
  "rollout_restart",
  "scale",
  "rollout_undo",
  "cordon",
  "uncordon",
  "drain",
  "evict",
  "delete_pod",
];
export const KEY = "0192f0c1-approval:restart";

export async function stage(script: Script, options: StageOptions = {}): Promise<Stage> {
  const server = await scriptedServer(script);
  onTestFinished(server.close);
  return { ...(await testActions(server.url, options)), written: server.written, read: server.read };
}

export async function testActions(server: URL, options: StageOptions = {}): Promise<TestActions> {
  const { allowedActions = ALL_ACTIONS, allowedNamespaces = ["*"], ownPod, timeoutMs } = options;
  const signer = await newSigner();
  const events: LogEvent[] = [];
  let time = NOW;
  const now = () => time;
  const credentials = { server, tls: {}, token: () => Promise.resolve("service-account-token") };
  const api = kubernetesApi(credentials, { now, random: () => 0, wait: () => Promise.resolve() });
  const writes = kubernetesWrites(credentials, { now, ...(timeoutMs !== undefined && { timeoutMs }) });
  onTestFinished(async () => {
    await Promise.all([api.close(), writes.close()]);
  });
  const stopping = new AbortController().signal;
  const token = { type: ACTION_TOKEN_TYPE, audience: actionAudience(CLUSTER) };
  const app = createActionsApp({
    authenticate: await authenticator({ keys: [signer.publicKey], clusterName: CLUSTER, token, now }),
    allowedActions,
    allowedNamespaces,
    keys: keyMemory({ keepMs: 24 * 3_600_000, capacity: 100, now }),
    tools: { api, writes, bounds: { maxReplicas: 20 }, ownPod, now },
    redact: options.redact ?? redact,
    log: (event) => events.push(event),
    metrics: proxyMetrics({ version: "0.0.0", cluster: CLUSTER }),
    readiness: actionsReadiness({ api, now, stopping }),
    newId: () => "generated-id",
    stopping,
  });

  const post: TestActions["post"] = async (path, asked, { claims, type = ACTION_TOKEN_TYPE, signal } = {}) => {
    const body = JSON.stringify(asked);
    const iat = Math.floor(now() / 1000);
    const meant = { aud: actionAudience(CLUSTER), tool: "runbook.step", path, iat, exp: iat + 30, namespaces: ["*"] };
    const authorization = `Bearer ${await sign(signer, { body, header: { typ: type }, claims: { ...meant, ...claims } })}`;
    const init = { method: "POST", body, headers: { authorization }, ...(signal && { signal }) };
    const response = await app.request(path, init);
    return { status: response.status, body: Body.parse(await response.json()) };
  };
  return {
    app,
    events,
    post,
    call: (action, asked, how) =>
      post(ACTION_ROUTES[action].path, { dry_run: false, idempotency_key: KEY, ...asked }, how),
    pass: (ms) => (time += ms),
  };
}

async function scriptedServer(script: Script) {
  const written: Sent[] = [];
  const read: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((received) => {
      const { method = "", url = "" } = request;
      const { pathname } = new URL(url, "http://cluster");
      const body: unknown = received === "" ? undefined : JSON.parse(received);
      if (method === "GET") read.push(decodeURIComponent(url));
      else written.push({ to: `${method} ${url}`, contentType: request.headers["content-type"], body });
      const scripted = script[`${method} ${pathname}`] ?? recorded("errors/404-unknown-resource");
      const told = typeof scripted === "function" ? scripted(body) : scripted;
      if (told === "cut") request.socket.destroy();
      else response.writeHead(told.status, { "content-type": "application/json" }).end(JSON.stringify(told.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}`),
    written,
    read,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

export const answers = (body: object, status = 200): Told => ({ status, body });
export const plays = (name: string): Told => recorded(name);
export const list = (items: readonly unknown[]): Told => answers({ metadata: {}, items });

const Named = z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }) });
export type Named = z.output<typeof Named>;

/** One object of a recorded list. */
export function recordedObject(file: string, name: string): Named {
  const found = recordedItems(file).map((item) => Named.parse(item));
  const one = found.find(({ metadata }) => metadata.name === name);
  if (!one) throw new Error(`${file} has no ${name}`);
  return one;
}

/** The same object with other metadata. */
export function withMetadata(object: Named, metadata: object): Named {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}
