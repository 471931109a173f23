// The console's audit log in the real Worker: what is found, who is told nothing, and that looking is on record first.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  AuditEvent,
  AuditEvidence,
  AuditPage,
  AuditPayload,
  AuditSummary,
} from "../../src/http/console/contract/audit.ts";
import { Usage } from "../../src/http/console/contract/usage.ts";
import { desk, ring, stored } from "./approvers.ts";
import { address, breakdown, connect, HOST, issueKey, sql } from "./world.ts";
import type { AuditRow } from "../../src/http/console/contract/audit.ts";
import type { Agent, Key } from "./world.ts";

let auditor: Key;
let agent: Agent;
/** What the agent has done: in the shop and in another namespace, and one refusal, all of it arrived. */
let rows: readonly AuditRow[];

beforeAll(async () => {
  await sql("select 1");
  auditor = await issueKey(["auditor"]);
  agent = await connect(["observer"]);
  await agent.call("k8s.list_pods", { namespace: "shop" });
  await agent.call("k8s.list_pods", { namespace: "kube-system" });
  await agent.call("tools.configure", { tool: "k8s.list_pods", enabled: false });
  await agent.drain();
  rows = (await page(auditor, `session=${agent.sessionId}`)).rows;
}, 120_000);

afterEach(async () => {
  await breakdown({});
  await ring();
});

async function ask(key: Key, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${key.token}`, "cf-connecting-ip": address() };
  return exports.default.fetch(`${HOST}/console/api/${path}`, { headers });
}

const page = async (key: Key, query: string) => AuditPage().parse(await (await ask(key, `audit?${query}`)).json());
const usageOf = async (key: Key, { sessionId } = agent) =>
  Usage().parse(await (await ask(key, `usage?session=${sessionId}`)).json());
const Refusal = z.object({ status: z.int(), reason: z.string(), detail: z.string(), param: z.string().optional() });
const refusal = async (response: Response) => Refusal.parse(await response.json());

function rowIn(namespace: string | undefined): AuditRow {
  const found = rows.find((row) => row.namespace === namespace);
  if (!found) throw new Error(`no row in ${namespace ?? "no namespace"}`);
  return found;
}

/** What it has counted cannot be read any more: it does not come up. */
async function outOfOrder(quota: ReturnType<typeof env.QUOTA.getByName>): Promise<void> {
  await runInDurableObject(quota, (_, { storage }) => {
    storage.sql.exec("drop table spent; create view spent as select 1 as nil");
  });
  await evictDurableObject(quota);
}

const at = ({ id, ts }: AuditRow) => `${id}?at=${encodeURIComponent(ts)}`;

const Line = z.object({ record: z.string().transform((text) => z.looseObject({}).parse(JSON.parse(text))) });
async function notedOf({ principal }: Key): Promise<readonly Record<string, unknown>[]> {
  const lines = await stored("select record from journal order by seq");
  return lines.map((line) => Line.parse(line).record).filter((record) => record.actor_id === principal);
}

describe("whoever may read the audit log", () => {
  it("finds what was done, newest first, without what was asked", () => {
    expect(rows.map(({ tool, namespace, outcome }) => [tool, namespace, outcome])).toEqual([
      ["tools.configure", undefined, "refused"],
      ["k8s.list_pods", "kube-system", "ok"],
      ["k8s.list_pods", "shop", "ok"],
    ]);
    expect(rows[2]).toMatchObject({ actor: agent.principal, cluster: "demo", has_payload: true });
    expect(JSON.stringify(rows)).not.toContain('"params"');
  });

  it("goes from page to page by what each one says", async () => {
    const first = await page(auditor, `session=${agent.sessionId}&limit=2`);
    const second = await page(auditor, `session=${agent.sessionId}&limit=2&cursor=${first.next ?? ""}`);

    expect([...first.rows, ...second.rows]).toEqual(rows);
    expect(second.next).toBeUndefined();
  });

  it("is told what it amounts to", async () => {
    const response = await ask(auditor, `audit/summary?session=${agent.sessionId}&last=1h`);
    const summary = AuditSummary().parse(await response.json());

    expect(summary).toMatchObject({ total: 3, bucket_s: expect.any(Number) });
    expect(summary.facets.tool).toEqual([
      { value: "k8s.list_pods", count: 2 },
      { value: "tools.configure", count: 1 },
    ]);
    expect(summary.histogram.reduce((sum, { ok, refused }) => sum + ok + refused, 0)).toBe(3);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("is told how much was called, and how long it took", async () => {
    const usage = await usageOf(auditor);

    expect(usage.total).toMatchObject({ calls: 3, failed: 0, refused: 1, principals: 1, sessions: 1 });
    expect(usage.by_tool.map(({ tool, calls }) => [tool, calls])).toEqual([
      ["k8s.list_pods", 2],
      ["tools.configure", 1],
    ]);
    expect(usage.refusals).toEqual([{ reason: "permission_denied", count: 1 }]);
  });

  it("is told what those who call may spend, and what they have spent", async () => {
    const [row] = (await usageOf(auditor)).by_principal;

    // Leased in advance, more or less of it. Which window is the fullest is up to the clock.
    const used = expect.any(Number);
    expect(row).toMatchObject({
      id: agent.principal,
      quota: { limit: expect.any(Number), used, period: expect.any(String) },
    });
    expect(typeof row?.quota === "object" && row.quota.used).toBeGreaterThanOrEqual(2);
  });

  it("is told of no quota where only some places may be seen: it is spent everywhere (attack 75)", async () => {
    const rest = await usageOf(await issueKey(["shop-auditor"]));

    expect(rest.by_principal).toMatchObject([{ id: agent.principal, calls: 1 }]);
    expect(rest.by_principal[0]).not.toHaveProperty("quota");
  });

  it("is told that a quota is not known where its object does not answer, and all the rest", async () => {
    const other = await connect(["observer"]);
    await other.call("k8s.list_pods", { namespace: "shop" });
    await other.drain();
    await outOfOrder(env.QUOTA.getByName(other.principal));

    const { total, by_principal: rows } = await usageOf(auditor, other);

    expect([total.calls, rows[0]?.quota]).toEqual([1, "not_reached"]);
  });

  it("sees one row with its story, and that it stands as it was written", async () => {
    const response = await ask(auditor, `audit/events/${at(rowIn("kube-system"))}`);
    const event = AuditEvent().parse(await response.json());

    expect(event.row).toEqual(rowIn("kube-system"));
    expect(event.timeline).toEqual([rowIn("kube-system")]);
    expect(event.intact).toBe("intact");
  });
});

const ROUTES = ["audit", "audit/summary", "audit/evidence", "audit/events/x", "usage"];

describe("whoever may not", () => {
  it.each(ROUTES)("is told so by %s, whatever else they may do (attack 75)", async (route) => {
    const key = await issueKey(["platform-observer", "operator", "approver"]);

    const response = await ask(key, route);

    expect(response.status).toBe(403);
    expect(await refusal(response)).toMatchObject({ reason: "permission_denied", detail: /audit:read/ });
  });

  it("sees of other places nothing, and cannot tell it from what does not exist (attack 75)", async () => {
    const shop = await issueKey(["shop-auditor"]);

    const found = await page(shop, `session=${agent.sessionId}`);
    const hidden = await ask(shop, `audit/events/${at(rowIn("kube-system"))}`);
    const unknown = await ask(shop, `audit/events/${at({ ...rowIn("shop"), id: crypto.randomUUID() })}`);
    const summary = await ask(shop, `audit/summary?session=${agent.sessionId}`);

    expect(found.rows).toEqual([rowIn("shop")]);
    expect([hidden.status, unknown.status]).toEqual([404, 404]);
    expect(await refusal(hidden)).toEqual(await refusal(unknown));
    expect(AuditSummary().parse(await summary.json())).toMatchObject({ total: 1 });
  });
});

describe("what was asked", () => {
  it("is shown to who may see it, after that is on record", async () => {
    const key = await issueKey(["auditor"]);

    const response = await ask(key, `audit/payload/${at(rowIn("shop"))}`);
    const payload = AuditPayload().parse(await response.json());

    expect(payload).toMatchObject({ id: rowIn("shop").id, params: { namespace: "shop" } });
    expect(payload.record).toContain(`"event_id":"${rowIn("shop").id}"`);
    expect(await notedOf(key)).toEqual([
      expect.objectContaining({
        ...{ action: "audit.payload_read", outcome: "ok", cluster: "demo", namespace: "shop" },
        params: { event_id: rowIn("shop").id },
      }),
    ]);
  });

  it("is shown to nobody else, and their attempt is on record (attack 75)", async () => {
    const [administrator, shop] = [await issueKey(["administrator"]), await issueKey(["shop-auditor"])];

    const refused = await ask(administrator, `audit/payload/${at(rowIn("shop"))}`);
    const hidden = await ask(shop, `audit/payload/${at(rowIn("kube-system"))}`);

    expect([refused.status, hidden.status]).toEqual([403, 404]);
    expect(JSON.stringify([await refusal(refused), await refusal(hidden)])).not.toContain("params");
    const attempt = { action: "audit.payload_read", decision: "refused", outcome: "refused" };
    expect(await notedOf(administrator)).toEqual([
      expect.objectContaining({ ...attempt, reason: "permission_denied", params: { event_id: rowIn("shop").id } }),
    ]);
    expect(await notedOf(shop)).toEqual([
      expect.objectContaining({ ...attempt, reason: "not_found", params: { event_id: rowIn("kube-system").id } }),
    ]);
  });

  it("is not shown when that cannot be written down", async () => {
    await runInDurableObject(desk(), (_, { storage }) => {
      storage.sql.exec("create trigger full before insert on journal begin select raise(abort, 'disk full'); end");
    });

    const response = await ask(auditor, `audit/payload/${at(rowIn("shop"))}`);
    await runInDurableObject(desk(), (_, { storage }) => {
      storage.sql.exec("drop trigger full");
    });

    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain("audit_backpressure");
    expect(text).not.toContain('record"');
  });
});

describe("a question that is none", () => {
  it.each([
    ["audit?last=2h", "last"],
    ["audit?from=2026-11-29T08:00:00Z", "to"],
    ["audit?outcome=error", "outcome"],
    ["audit?limit=0", "limit"],
    ["audit?limit=201", "limit"],
    ["audit?limit=1;drop", "limit"],
    ["audit?cursor=17", "cursor"],
    ["audit?acter=x", "acter"],
    ["audit/summary?approval=1", "approval"],
    ["audit/summary?limit=5", "limit"],
    ["usage?call='--", "call"],
    ["audit/events/17?at=2026-11-29T08:00:00Z", "id"],
    ["audit/events/9f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d", "at"],
    ["audit/payload/9f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d?at=now", "at"],
  ])("%s is told which word of it", async (path, param) => {
    const response = await ask(auditor, path);

    expect(response.status).toBe(400);
    expect(await refusal(response)).toMatchObject({ reason: "invalid_request", param });
  });

  it("takes what looks like SQL for a value", async () => {
    const { rows: found } = await page(auditor, `actor=${encodeURIComponent("' or 1=1 --")}`);

    expect(found).toEqual([]);
  });
});

it("where PostgreSQL does not answer, nor does this, and says so", async () => {
  await breakdown({ postgres: "down" });
  // The key must be confirmed by the same PostgreSQL: whoever was known just now is still let in, or told to wait.
  const response = await ask(auditor, "audit");

  expect(response.status).toBe(503);
  expect((await refusal(response)).reason).toMatch(/^upstream_/);
});

it("whoever may read the log is told how far it is verified, and what it could not take", async () => {
  // What was put aside is counted now, for all; what the keeper found is what it noted last.
  await runInDurableObject(env.AUDIT_KEEPER.getByName("deployment"), (_, { storage }) => {
    storage.sql.exec("delete from progress");
  });
  const hash = crypto.randomUUID();
  await sql(
    `insert into audit_quarantine (hash, seq, record, prev_hash, sql_state) values ('${hash}', 1, '', 'p', '22P05')`,
  );
  const [aside] = await sql("select count(*)::int as rows from audit_quarantine");

  const response = await ask(auditor, "audit/evidence");

  expect(response.status).toBe(200);
  expect(AuditEvidence().parse(await response.json())).toMatchObject({ faults: [], quarantined: aside?.rows });
});
