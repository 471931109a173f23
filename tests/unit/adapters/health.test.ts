// The probes: what each asks, and that nothing of an upstream's gets into what they say.

import { describe, expect, it } from "vitest";
import { neonHealth } from "../../../src/adapters/neon-health.ts";
import { proxyHealth } from "../../../src/adapters/proxy-health.ts";
import { unavailable } from "../../../src/adapters/neon-sql.ts";
import { upstashHealth } from "../../../src/adapters/upstash-health.ts";
import { err, ok } from "../../../src/result.ts";
import type { Statement } from "../../../src/adapters/neon-sql.ts";

const { signal } = new AbortController();
const CLUSTER = { name: "prod", url: "https://prod.internal.example/gate/" };

function proxy(answer: () => Response | Promise<Response>) {
  const asked: string[] = [];
  const fetch = (input: Parameters<typeof globalThis.fetch>[0]) => {
    asked.push(input instanceof Request ? input.url : String(input));
    return Promise.resolve().then(answer);
  };
  return { probe: proxyHealth(CLUSTER, { fetch }), asked };
}

describe("a cluster's proxy", () => {
  it("is asked for its own readiness, under whatever path it has", async () => {
    const { probe, asked } = proxy(() => Response.json({ status: "ready" }));

    expect(await probe.ask(signal)).toEqual(ok(undefined));
    expect(asked).toEqual(["https://prod.internal.example/gate/readyz"]);
  });

  it.each([
    ["is not ready", () => new Response("secret detail", { status: 503 }), "answers, and is not ready"],
    ["has a tunnel without an end", () => new Response("error code: 1033", { status: 530 }), "makes no sense"],
    ["sends elsewhere", () => Response.redirect("https://login.example/"), "makes no sense"],
    ["cannot be reached", () => Promise.reject(new Error("connect prod.internal.example")), "cannot be reached"],
  ])("that %s is told in our words", async (_, answer, words) => {
    const asked = await proxy(answer).probe.ask(signal);

    const message = asked.ok ? "" : asked.error.message;
    expect(message).toContain(words);
    expect(message).not.toMatch(/internal\.example|secret|1033|login/);
  });
});

describe("PostgreSQL", () => {
  it("is asked the shortest of statements, with a deadline of its own", async () => {
    const asked: Statement[] = [];
    const probe = neonHealth("postgres reader", (statement) => (asked.push(statement), Promise.resolve(ok([]))));

    expect(await probe.ask(signal)).toEqual(ok(undefined));
    expect(asked).toEqual([{ text: "select 1", values: [], timeoutMs: 2_000 }]);
    expect(probe).toMatchObject({ name: "postgres reader", kind: "postgres" });
  });

  it("is down when it says so", async () => {
    const probe = neonHealth("postgres", () => Promise.resolve(err(unavailable("PostgreSQL could not be reached"))));

    expect(await probe.ask(signal)).toMatchObject({ error: { message: "PostgreSQL could not be reached" } });
  });
});

it("Redis that cannot be reached is told without its address", async () => {
  const probe = upstashHealth({ url: "http://127.0.0.1:1", token: "a-secret-token" });

  const asked = await probe.ask(signal);

  expect(asked).toMatchObject({ error: { upstream: "redis" } });
  expect(JSON.stringify(asked)).not.toMatch(/a-secret-token|127\.0\.0\.1/);
});
