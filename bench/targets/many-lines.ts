// An API server with one namespace of six pods that have written much, in a process of its own so that its work is not
// counted as the proxy's.

import { createServer } from "node:http";

const PODS = 6;
const LINES_EACH = Number(process.argv[2] ?? 360_000) / PODS;
/** The last lines are some minutes old when they are asked for. */
const STARTED_AT = Date.now() - 15 * 60_000;

/** What services write: mostly requests, some JSON, an error now and then, and secrets that were never meant to be there. */
const WORDS: readonly ((n: number) => string)[] = [
  (n) =>
    `INFO request id=${n} method=GET path=/api/orders/${n % 977} status=200 dur=${n % 90}ms user=u-${n % 4_001} bytes=${n % 9_000} agent=Mozilla/5.0 (X11; Linux x86_64) ref=/shop/${n % 31}`,
  (n) => `INFO request id=${n} method=POST path=/api/cart/${n % 53}/items status=201 dur=${n % 300}ms region=eu-west-1`,
  (n) =>
    `{"level":"info","logger":"http","msg":"handled request","status":200,"duration_ms":${n % 211},"user":{"id":${n % 313}}}`,
  (n) => `DEBUG cache hit key=catalog:${n % 769} age=${n % 60}s shard=${n % 16} node=cache-${n % 4}`,
  (n) => `WARN slow upstream service=recommender attempt=${n % 3} elapsed=${n % 5_000}ms deadline=5000ms`,
  (n) => `INFO consumed topic=orders partition=${n % 12} offset=${n} lag=${n % 40} group=checkout`,
];
const RARE = (n: number) =>
  n % 2 === 0
    ? `ERROR payment failed order=${n} reason="card declined" gateway=example`
    : `DEBUG outgoing password=planted${n % 7}x7 to gateway`;

function logOf(pod: number): Buffer {
  const lines: string[] = [];
  for (let n = 0; n < LINES_EACH; n++) {
    const at = new Date(STARTED_AT + (n * 14 * 60_000) / LINES_EACH).toISOString().replace("Z", "097870Z");
    const words = n % 100 === 99 ? RARE(n + pod) : (WORDS[n % WORDS.length] ?? RARE)(n + pod);
    lines.push(`${at} ${words}\n`);
  }
  return Buffer.from(lines.join(""));
}

const names = Array.from({ length: PODS }, (_, index) => `web-5b457f48d9-${index}`);
const logs = new Map(names.map((name, index) => [name, logOf(index)]));
const pods = names.map((name) => ({
  metadata: { name, namespace: "shop", creationTimestamp: new Date(STARTED_AT).toISOString() },
  spec: { containers: [{ name: "web", image: "registry.example/web:1" }] },
  status: { phase: "Running", containerStatuses: [{ name: "web", ready: true, state: { running: {} } }] },
}));

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "", "http://cluster");
  const log = logs.get(/\/pods\/([^/]+)\/log$/.exec(pathname)?.[1] ?? "");
  if (log) {
    response.setHeader("content-type", "text/plain");
    response.end(log);
    return;
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(pathname.endsWith("/pods") ? { metadata: {}, items: pods } : {}));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  process.send?.({ port, bytes: [...logs.values()].reduce((sum, log) => sum + log.byteLength, 0) });
});
