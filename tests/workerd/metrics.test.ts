// What the deployment counts, through sleep and crashes; whether its upstreams answer; and who is told of which.

import { env, exports } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Health } from "../../src/http/console/contract/usage.ts";
import { ActivityFrame } from "../../src/http/console/contract/live.ts";
import { CHO, credential, KIM, read, requested } from "./approvers.ts";
import { METRICS_TOKEN } from "./identities.ts";
import {
  address,
  asked,
  breakdown,
  connect,
  eventually,
  forget,
  HOST,
  pass,
  Peer,
  requireSocket,
  sql,
  withinOneMinute,
} from "./world.ts";
import type { Person } from "./approvers.ts";

const TOKEN = { authorization: `Bearer ${METRICS_TOKEN}` };

beforeAll(async () => {
  await sql("select 1");
}, 60_000);

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const counting = () => env.METRICS.getByName("deployment");
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  exports.default.fetch(`${HOST}${path}`, { headers: { "cf-connecting-ip": address(), ...headers } });

/** The value of one series, 0 where there is none yet. */
async function value(series: string): Promise<number> {
  const text = await (await get("/metrics", TOKEN)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}

async function risesBy(series: string, by: number, work: () => Promise<unknown>): Promise<void> {
  const before = await value(series);
  await work();
  await eventually(async () => (await value(series)) === before + by);
}

async function calls(times: number): Promise<void> {
  const agent = await connect(["agent"]);
  for (let call = 0; call < times; call++) await agent.call("ctx.get", { key: "k" });
  await agent.drain();
}

async function crash(): Promise<void> {
  await runInDurableObject(counting(), (_, state) => state.abort("a crash, by order of the test")).catch(
    () => undefined,
  );
}

const CALLS = 'gatehouse_calls_total{tool="ctx.get",outcome="ok",era="native"}';

describe("the metrics", () => {
  it("are for whoever has the token, as the text that Prometheus reads", async () => {
    const response = await get("/metrics", TOKEN);

    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toContain("# TYPE gatehouse_calls_total counter\n");
  });

  it.each([{}, { authorization: "Bearer wrong" }, { authorization: METRICS_TOKEN }])(
    "are not for anybody else: %j",
    async (headers) => {
      const response = await get("/metrics", headers);

      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="metrics"');
      expect(await response.text()).not.toContain("gatehouse_");
    },
  );

  it("count calls once their rows are in Postgres, and how long they took", async () => {
    await risesBy('gatehouse_call_duration_seconds_count{stage="upstream"}', 3, () =>
      risesBy(CALLS, 3, () => calls(3)),
    );
    expect(await value('gatehouse_audit_inserts_total{result="ok"}')).toBeGreaterThan(0);
    expect(await value("gatehouse_audit_lag_seconds")).toBe(0);
  });

  it("stay what they are while the object sleeps", async () => {
    await risesBy(CALLS, 1, () => calls(1));
    const before = await value(CALLS);

    await evictDurableObject(counting());

    expect(await value(CALLS)).toBe(before);
  });

  it("keep what was counted since the last scrape, too, once the alarm has rung", async () => {
    const before = await value(CALLS);
    const report = () => counting().report({ counts: { "gatehouse_calls_total ctx.get ok native": 5 } });
    await report();
    await report();

    expect(await runDurableObjectAlarm(counting())).toBe(true);
    await crash();

    expect(await value(CALLS)).toBe(before + 10);
  });

  it("never fall behind what a scrape has seen, whatever breaks right after it", async () => {
    await counting().report({ counts: { "gatehouse_calls_total ctx.get ok native": 1 } });
    await counting().report({ counts: { "gatehouse_calls_total ctx.get ok native": 1 } });
    const seen = await value(CALLS);

    await crash();

    expect(await value(CALLS)).toBe(seen);
  });

  it("set no alarm while nothing is counted", async () => {
    // What was counted before may still be on its way.
    await eventually(async () => {
      await value(CALLS);
      await runDurableObjectAlarm(counting());
      return (await runInDurableObject(counting(), (_, { storage }) => storage.getAlarm())) === null;
    });
  });

  it("show what waits for Postgres during an outage, and how long it has waited", async () => {
    pass(0);
    await breakdown({ postgres: "down" });
    const agent = await connect(["public"]).catch(() => undefined);
    expect(agent).toBeUndefined();
    await breakdown({});
    const waiting = await connect(["agent"]);
    await waiting.call("ctx.get", { key: "k" });
    await breakdown({ postgres: "down" });
    pass(30_000);

    await waiting.drain();

    await eventually(async () => (await value("gatehouse_audit_backlog_rows")) === 1);
    expect(await value("gatehouse_audit_lag_seconds")).toBe(30);
    await breakdown({});
    await waiting.drain();
    await eventually(async () => (await value("gatehouse_audit_backlog_rows")) === 0);
  });

  it("count what is refused at the door, which no session writes down", async () => {
    await risesBy('gatehouse_refusals_total{reason="unauthenticated"}', 3, async () => {
      for (let time = 0; time < 3; time++) await get("/mcp", { upgrade: "websocket", authorization: "Bearer ghk_no" });
      pass(10_000);
      await get("/health");
    });
  });

  it("say who is connected, what waits for a decision, and which leases were asked for", async () => {
    const before = await value('gatehouse_quota_leases_total{result="granted"}');
    await requested();
    await calls(1);

    await eventually(async () => (await value('gatehouse_quota_leases_total{result="granted"}')) > before);
    expect(await value('gatehouse_sessions{state="live"}')).toBeGreaterThan(0);
    expect(await value('gatehouse_approvals{state="requested"}')).toBeGreaterThan(0);
    expect(await value('gatehouse_upstream_up{upstream="demo",kind="cluster"}')).toBe(1);
  });
});

/** Of what was found at the upstreams: later than any test before. */
let laterMs = 0;
const expire = () => pass((laterMs += 11_000));

describe("whether the deployment is ready", () => {
  it("strangers learn by kind, and nothing by name", async () => {
    expire();
    const response = await get("/ready");

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ready: true,
      status: "ready",
      checks: [
        { kind: "redis", ok: true },
        { kind: "postgres", ok: true },
        { kind: "cluster", ok: true },
      ],
    });
  });

  it.each([
    ["redis", 200, { ready: true, status: "degraded" }],
    ["postgres", 503, { ready: false, status: "not_ready" }],
    ["cluster", 503, { ready: false, status: "not_ready" }],
  ] as const)(
    "it is not, or not wholly, without %s, and those who run it learn why",
    async (kind, status, standing) => {
      expire();
      await breakdown({ [kind]: "down" });

      const [stranger, watcher] = [await get("/ready"), await get("/ready", TOKEN)];

      expect([stranger.status, watcher.status]).toEqual([status, status]);
      expect(await stranger.json()).toMatchObject(standing);
      const health = Health().parse(await watcher.json());
      const failed = health.checks.filter(({ ok }) => !ok);
      expect(new Set(failed.map((check) => check.kind))).toEqual(new Set([kind]));
      for (const { reason } of failed) expect(reason).toMatch(/^(Redis|PostgreSQL|The proxy of)/);
    },
  );

  it("a hanging upstream holds up nobody for longer than two seconds", async () => {
    expire();
    await breakdown({ redis: "hangs" });

    const response = await get("/ready");

    expect(await response.json()).toMatchObject({ status: "degraded" });
  });

  it("the upstreams are asked once in ten seconds, however many ask", async () => {
    expire();
    await forget();

    await Promise.all(Array.from({ length: 20 }, () => get("/ready")));
    await get("/ready");

    expect(await asked("redis")).toHaveLength(1);
  });

  it("nobody asks more often than the public may", async () => {
    const statuses = await withinOneMinute(async () => {
      const [from, seen] = [{ "cf-connecting-ip": address() }, new Array<number>()];
      for (let time = 0; time < 31; time++) seen.push((await get("/ready", from)).status);
      return seen;
    });

    expect(statuses.at(-1)).toBe(429);
  });

  it("people at the console see it in full, agents do not", async () => {
    expire();
    const response = await read(KIM, "/health");

    expect(Health().parse(await response.json())).toMatchObject({
      ready: true,
      status: "ready",
      audit: { backlog_rows: 0 },
    });
    expect((await read({ email: "ci.access" }, "/health")).status).toBe(403);
  });
});

describe("a page that listens", () => {
  const listen = async (person: Person, headers: Readonly<Record<string, string>> = { origin: HOST }) =>
    exports.default.fetch(`${HOST}/console/api/activity`, {
      headers: { ...(await credential(person)), upgrade: "websocket", ...headers },
    });

  it("hears that calls were made, through its object's sleep, and not what they were", async () => {
    const page = new Peer(requireSocket(await listen(CHO)));
    await evictDurableObject(counting());

    await calls(1);

    const heard = () => page.received.map((text) => ActivityFrame().parse(JSON.parse(text)).changed);
    await page.until(() => (heard().includes("calls") && heard().includes("audit") ? true : undefined));
    expect(page.received.join("")).not.toContain("ctx.get");
    page.socket.close(1000);
  });

  it("is told of each kind once a second at most, and of the last one surely", async () => {
    const page = new Peer(requireSocket(await listen(KIM)));
    const keys = () => page.received.filter((text) => text.includes('"keys"')).length;

    for (let time = 0; time < 20; time++) await counting().changed("keys");

    await eventually(() => keys() === 2);
    page.socket.close(1000);
  });

  it("hears that an upstream has gone, when somebody looks", async () => {
    expire();
    await get("/ready");
    const page = new Peer(requireSocket(await listen(KIM)));
    await breakdown({ redis: "down" });
    expire();

    await get("/ready");

    await page.until(() => page.received.find((text) => text.includes('"health"')));
    page.socket.close(1000);
  });

  it.each([
    ["an agent", { email: "ci.access" }, { origin: HOST }, 403],
    ["another page", KIM, { origin: "https://evil.example" }, 403],
    ["a page that hides where it is from", KIM, {}, 403],
  ])("is not %s", async (_, person: Person, headers: Readonly<Record<string, string>>, status) => {
    expect((await listen(person, headers)).status).toBe(status);
  });

  it("must say that it wants a socket", async () => {
    expect((await read(KIM, "/activity")).status).toBe(426);
  });

  it("that talks is closed", async () => {
    const page = new Peer(requireSocket(await listen(KIM)));
    page.sendText("hello");

    expect(await page.closing()).toMatchObject({ code: 1008 });
  });
});
