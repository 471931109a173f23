// A watch of a cluster as the Worker reads it, over real sockets.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, jwtVerify } from "jose";
import { STREAMS, TokenClaims } from "k8s-proxy/contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { ProxyWatches } from "../../../src/adapters/proxy-watches.ts";
import { fixedClock, START_MS, uuidOf } from "../../support/clock.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WatchLine } from "k8s-proxy/contract";
import type { UpstreamFailure } from "../../../src/ports/failure.ts";
import type { Result } from "../../../src/result.ts";

const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
const signingKey = await exportJWK(privateKey);

const STARTED: WatchLine = { type: "started", observed_at: "2026-01-15T12:00:00.000Z" };
const CHANGED: WatchLine = {
  type: "changed",
  changes: [{ kind: "Pod", name: "web-1", change: "modified", status: "läuft 🛰", ready: "1/1", restarts: 2 }],
  observed_at: "2026-01-15T12:00:01.000Z",
};
const ENDED: WatchLine = { type: "ended", reason: "max_age" };
const text = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

interface Proxy {
  readonly watches: ProxyWatches;
  readonly asked: { readonly request: IncomingMessage; readonly body: string }[];
  /** Resolves when the connection of a watch is closed before its answer was whole. */
  readonly left: Promise<undefined>;
}

async function proxy(answer: (response: ServerResponse) => void, silenceMs?: number): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const left = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      asked.push({ request, body });
      response.once("close", () => {
        if (!response.writableFinished) left.resolve(undefined);
      });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const watches = new ProxyWatches({
    clusters: [{ name: "prod", url: `http://127.0.0.1:${address.port}` }],
    signingKey,
    fetch,
    now: fixedClock().now,
    uuid: () => uuidOf(77),
    ...(silenceMs !== undefined && { silenceMs }),
  });
  return { watches, asked, left: left.promise };
}

const caller = (signal = new AbortController().signal) => ({
  cluster: "prod",
  namespaces: ["shop"],
  principalId: "agent:atlas",
  tool: "k8s.watch",
  callId: uuidOf(5),
  signal,
});

type Line = Result<WatchLine, UpstreamFailure>;

async function all(opened: Awaited<ReturnType<ProxyWatches["watch"]>>): Promise<Line[]> {
  if (!opened.ok) throw new Error("the watch was refused");
  const lines: Line[] = [];
  for await (const line of opened.value) lines.push(line);
  return lines;
}

const streamed = (response: ServerResponse) => response.writeHead(200, { "content-type": "application/x-ndjson" });

describe("a watch of a namespace", () => {
  it("goes out like any call, with a token that is good for this watch alone", async () => {
    const { watches, asked } = await proxy((response) => streamed(response).end(text(STARTED, ENDED)));
    await all(await watches.watch({ namespace: "shop" }, caller()));
    const [sent] = asked;
    const token = sent?.request.headers.authorization?.replace("Bearer ", "") ?? "";

    const { payload } = await jwtVerify(token, publicKey, { audience: "prod", currentDate: new Date(START_MS) });

    expect([sent?.request.method, sent?.request.url, sent?.body]).toEqual([
      "POST",
      STREAMS.watchNamespace.path,
      '{"namespace":"shop"}',
    ]);
    expect(TokenClaims.parse(payload)).toMatchObject({
      path: STREAMS.watchNamespace.path,
      namespaces: ["shop"],
      body_sha256: createHash("sha256").update('{"namespace":"shop"}').digest("base64url"),
    });
  });

  it("is read line by line, however its bytes are cut", async () => {
    const bytes = new TextEncoder().encode(text(STARTED, CHANGED, { type: "keepalive" }, ENDED));
    const { watches } = await proxy((response) => {
      streamed(response);
      for (const byte of bytes) response.write(Uint8Array.of(byte));
    });

    const lines = await all(await watches.watch({ namespace: "shop" }, caller()));

    expect(lines.map((line) => (line.ok ? line.value : line.error))).toEqual([
      STARTED,
      CHANGED,
      { type: "keepalive" },
      ENDED,
    ]);
  });

  it("that is refused says why, in the proxy's words", async () => {
    const error = { reason: "cluster_busy", message: "too many watches", retry_after_s: 30 };
    const { watches } = await proxy((response) => response.writeHead(429).end(JSON.stringify({ error })));

    expect(await watches.watch({ namespace: "shop" }, caller())).toEqual({
      ok: false,
      error: { kind: "proxy_refused", error },
    });
  });

  it("that no proxy answers is unavailable, without a word of what did", async () => {
    const { watches } = await proxy((response) => response.writeHead(502).end("<html>10.0.0.7</html>"));

    const opened = await watches.watch({ namespace: "shop" }, caller());

    expect(opened).toMatchObject({ ok: false, error: { kind: "upstream_unavailable", upstream: "k8s-proxy/prod" } });
    expect(JSON.stringify(opened)).not.toContain("10.0.0.7");
  });
});

describe("a watch that ends in the wrong way ends with a failure, and is left", () => {
  it.each([
    ["no JSON", "nginx 10.0.0.7\n"],
    ["a line that nobody knows", text({ type: "restarted" })],
    ["a change of another shape", text({ type: "changed", changes: [{ kind: "Secret" }], observed_at: "" })],
    ["a line without an end", "x".repeat(300 * 1024)],
  ])("after %s", async (_what, wrong) => {
    const { watches, left } = await proxy((response) => void streamed(response).write(text(STARTED) + wrong));

    const lines = await all(await watches.watch({ namespace: "shop" }, caller()));

    expect(lines).toMatchObject([{ ok: true }, { ok: false, error: { kind: "upstream_unavailable" } }]);
    expect(JSON.stringify(lines)).not.toContain("10.0.0.7");
    await left;
  });

  it.each([
    ["ends without its last line", (response: ServerResponse) => void response.end()],
    ["breaks", (response: ServerResponse) => void response.destroy()],
  ])("when it %s", async (_what, end) => {
    const { watches } = await proxy((response) => void streamed(response).write(text(STARTED), () => end(response)));

    const lines = await all(await watches.watch({ namespace: "shop" }, caller()));

    expect(lines.at(-1)).toMatchObject({ ok: false, error: { kind: "upstream_unavailable" } });
  });

  it("when it falls silent", async () => {
    const { watches, left } = await proxy((response) => void streamed(response).write(text(STARTED)), 50);

    const lines = await all(await watches.watch({ namespace: "shop" }, caller()));

    expect(lines).toMatchObject([{ ok: true }, { ok: false, error: { kind: "upstream_timeout" } }]);
    await left;
  });
});

describe("whoever watched and has left", () => {
  it("leaves the proxy too, by leaving the loop", async () => {
    const { watches, left } = await proxy((response) => void streamed(response).write(text(STARTED, CHANGED)));
    const opened = await watches.watch({ namespace: "shop" }, caller());
    if (!opened.ok) throw new Error("refused");

    for await (const line of opened.value) if (line.ok) break;

    await left;
  });

  it("leaves the proxy too, by the call's signal", async () => {
    const gone = new AbortController();
    const { watches, left } = await proxy((response) => void streamed(response).write(text(STARTED)));
    const opened = await watches.watch({ namespace: "shop" }, caller(gone.signal));
    if (!opened.ok) throw new Error("refused");

    const lines: Line[] = [];
    for await (const line of opened.value) {
      lines.push(line);
      gone.abort();
    }

    expect(lines).toMatchObject([{ ok: true }, { ok: false, error: { kind: "upstream_timeout" } }]);
    await left;
  });
});
