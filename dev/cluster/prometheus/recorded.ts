// Answers of a real Prometheus 3.12, recorded elsewhere: what was asked there is answered, everything else is empty.
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import * as z from "zod";
import { moved } from "../recording.ts";

import type { IncomingMessage } from "node:http";
import type { RunningPrometheus } from "./running.ts";

const FIXTURES = new URL("../../../fixtures/prometheus/3.12.0/", import.meta.url);

const Exchange = z.object({
  request: z.object({ path: z.string(), body: z.string().optional() }),
  status: z.int(),
  headers: z.object({ date: z.string().optional() }),
  body: z.unknown(),
});
type Exchange = z.output<typeof Exchange>;

/** They say when and how much, not what: any moment's answer will do. */
const BESIDES: readonly string[] = ["time", "start", "end", "step", "timeout", "limit", "stats", "lookback_delta"];

export async function startRecorded(now: number): Promise<RunningPrometheus> {
  const answers = await load(now);
  const server = createServer((request, response) => {
    void parametersOf(request).then(({ pathname, parameters }) => {
      const { status, body } = answers.get(keyOf(pathname, parameters)) ?? unrecorded(pathname);
      const isText = typeof body === "string";
      response.writeHead(status, { "content-type": isText ? "text/plain; charset=utf-8" : "application/json" });
      response.end(isText ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    kind: "recorded",
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A query that succeeded stands before one that was recorded to fail by its moment alone. */
async function load(now: number): Promise<ReadonlyMap<string, Exchange>> {
  const files = (await readdir(FIXTURES)).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, FIXTURES), "utf8")));
  const exchanges = texts.map((text) => Exchange.parse(JSON.parse(text)));
  const byStatus = exchanges.toSorted((one, other) => other.status - one.status);
  return new Map(
    byStatus.map((exchange) => {
      const { request, headers, body } = exchange;
      const url = new URL(request.path, "http://prometheus");
      const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(request.body ?? "")]);
      const byMs = headers.date === undefined ? 0 : now - Date.parse(headers.date);
      return [
        keyOf(url.pathname, parameters),
        { ...exchange, body: pointsMoved(moved(body, byMs), byMs / 1_000) },
      ] as const;
    }),
  );
}

function keyOf(pathname: string, parameters: URLSearchParams): string {
  const what = [...parameters].filter(([name]) => !BESIDES.includes(name)).map((pair) => pair.join("="));
  return `${pathname}?${what.toSorted().join("&")}`;
}

async function parametersOf(request: IncomingMessage) {
  const url = new URL(request.url ?? "/", "http://prometheus");
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
  const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(chunks.join(""))]);
  return { pathname: url.pathname, parameters };
}

/** Samples are pairs of seconds and text; whatever else is a number stays as it is. */
function pointsMoved(value: unknown, byS: number): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const [at, text] = items;
    const isPoint = items.length === 2 && typeof at === "number" && typeof text === "string";
    return isPoint ? [Number((at + byS).toFixed(3)), text] : items.map((item) => pointsMoved(item, byS));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, pointsMoved(inside, byS)]));
}

/** Nothing is known of it here, and that is what is said. */
function unrecorded(pathname: string): Pick<Exchange, "status" | "body"> {
  const success = (data: unknown) => ({ status: 200, body: { status: "success", data } });
  if (pathname === "/api/v1/query") return success({ resultType: "vector", result: [] });
  if (pathname === "/api/v1/query_range") return success({ resultType: "matrix", result: [] });
  if (pathname === "/api/v1/metadata") return success({});
  if (/^\/api\/v1\/(series|labels|label\/[^/]+\/values)$/.test(pathname)) return success([]);
  return { status: 404, body: "404 page not found\n" };
}
