// Talks to the stand-in as a client of the API server does: sends what was recorded, or what a test makes up.
import * as z from "zod";
import { recordedText } from "./recorded.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

export const MERGE = "application/merge-patch+json";
export const STRATEGIC = "application/strategic-merge-patch+json";
export const JSON_PATCH = "application/json-patch+json";
export const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
export const PODS = "/api/v1/namespaces/shop/pods";

const Request = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    contentType: z.string().optional(),
    body: z.unknown().optional(),
  }),
});

export const Body = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ resourceVersion: z.string().optional(), generation: z.int().optional() }).default({}),
  reason: z.string().optional(),
  message: z.string().optional(),
});
export type Body = z.output<typeof Body>;

export interface Reply {
  readonly status: number;
  readonly body: Body;
  readonly warning: string | null;
}

export interface Sent {
  readonly method?: string;
  readonly type?: string;
  readonly body?: unknown;
}

/** A patch where there is a body and nothing else is said. */
export async function send(
  cluster: RunningCluster,
  path: string,
  { method, type = MERGE, body }: Sent = {},
): Promise<Reply> {
  const hasBody = body !== undefined;
  const response = await fetch(cluster.url + path, {
    method: method ?? (hasBody ? "PATCH" : "GET"),
    ...(hasBody && { headers: { "content-type": type }, body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: Body.parse(await response.json()), warning: response.headers.get("warning") };
}

/** Asks what the real server was asked. */
export async function replay(cluster: RunningCluster, name: string): Promise<Reply> {
  const { method, path, contentType, body } = Request.parse(JSON.parse(recordedText(`actions/${name}.json`))).request;
  return send(cluster, path, { method, body, ...(contentType !== undefined && { type: contentType }) });
}

const Named = z.looseObject({ metadata: z.looseObject({ name: z.string(), resourceVersion: z.string().optional() }) });
const List = z.object({ items: z.array(Named) });
export type Item = z.output<typeof Named>;

export async function items(cluster: RunningCluster, path: string): Promise<readonly Item[]> {
  return List.parse(await (await fetch(cluster.url + path)).json()).items;
}
