// A stand-in for a cluster's API server: the few reads that the proxy needs, over a recording of real workloads in trouble.
import { createServer } from "node:http";
import { ApiRefusal, toStatus } from "./api-status.ts";
import { page } from "./pages.ts";
import { loadRecording } from "./recording.ts";
import { parseSelector } from "./selector.ts";

import type { IncomingMessage } from "node:http";
import type { ApiList, ApiObject, Recording } from "./recording.ts";

/** As the API server has it for those who say nothing of who they are. */
const OPEN_PATHS: readonly string[] = ["/version", "/readyz", "/livez"];

const KNOWN_PARAMETERS: readonly string[] = ["limit", "continue", "labelSelector"];

export interface ClusterOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** When given, the only bearer token that is let in. */
  readonly token?: string;
  /** The moment that the recording is moved to; the present when left out. */
  readonly now?: number;
}

export interface RunningCluster {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback only. */
export async function startCluster({ port, token, now = Date.now() }: ClusterOptions): Promise<RunningCluster> {
  const recording = await loadRecording(now);
  const server = createServer((request, response) => {
    const { status, body } = respond(request, recording, token);
    const isText = typeof body === "string";
    response.writeHead(status, {
      "cache-control": "no-cache, private",
      "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
    });
    response.end(isText ? body : `${JSON.stringify(body)}\n`);
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

function respond(request: IncomingMessage, recording: Recording, token: string | undefined): Answer {
  const url = new URL(request.url ?? "/", "http://cluster");
  try {
    if (!mayEnter(request.headers.authorization, url.pathname, token)) throw new ApiRefusal(401, "Unauthorized");
    if (request.method !== "GET") {
      throw new ApiRefusal(405, "the server does not allow this method on the requested resource");
    }
    return { status: 200, body: read(url, recording) };
  } catch (cause) {
    if (cause instanceof ApiRefusal) return { status: cause.status, body: toStatus(cause) };
    throw cause;
  }
}

function mayEnter(authorization: string | undefined, path: string, token: string | undefined): boolean {
  if (token === undefined) return true;
  return authorization === undefined ? OPEN_PATHS.includes(path) : authorization === `Bearer ${token}`;
}

function read(url: URL, recording: Recording): object | string {
  if (url.pathname === "/version") return recording.version;
  if (url.pathname === "/readyz" || url.pathname === "/livez") return "ok";
  if (url.pathname === "/api/v1/namespaces") return list(url, "NamespaceList", recording.namespaces);

  const [, namespace = "", name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  if (namespace === "") throw new ApiRefusal(404, "the server could not find the requested resource");
  const pods = recording.pods.get(namespace);
  if (name === undefined) {
    // An unknown namespace is not a 404 for a list.
    return list(url, "PodList", pods ?? { metadata: recording.namespaces.metadata, items: [] });
  }
  const pod = pods?.items.find(({ metadata }) => metadata.name === name);
  if (!pod) throw new ApiRefusal(404, `pods "${name}" not found`);
  return { kind: "Pod", apiVersion: "v1", ...pod };
}

function list({ searchParams }: URL, kind: string, { metadata, items }: ApiList): object {
  const unknown = [...searchParams.keys()].find((name) => !KNOWN_PARAMETERS.includes(name));
  // To leave a parameter out silently would be a wrong answer that looks like a right one.
  if (unknown !== undefined) throw new ApiRefusal(400, `this stand-in does not know the parameter ${unknown}`);

  const selector = searchParams.get("labelSelector") ?? "";
  const matches = parseSelector(selector);
  const nameOf = (item: ApiObject) => item.metadata.name;
  const shown = page(
    items.filter((item) => matches(item.metadata.labels)),
    nameOf,
    {
      limit: searchParams.get("limit"),
      continueToken: searchParams.get("continue"),
      version: Number(metadata.resourceVersion),
    },
  );
  const more = shown.continueToken !== undefined && {
    continue: shown.continueToken,
    // The API server does not count what a selector would leave.
    ...(selector === "" && { remainingItemCount: shown.remaining }),
  };
  return { kind, apiVersion: "v1", metadata: { ...metadata, ...more }, items: shown.items };
}
