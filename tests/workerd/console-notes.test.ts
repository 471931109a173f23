// What is noted of people at the console: durable before it is answered, whole, and nothing PostgreSQL would refuse.

import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { robot } from "../support/approvals.ts";
import { desk, ring, stored } from "./approvers.ts";
import { sql } from "./world.ts";

beforeAll(async () => {
  await sql("select 1");
}, 60_000);

const Line = z.object({ record: z.string().transform((text) => z.looseObject({}).parse(JSON.parse(text))) });

/** What the object's journal still holds of one visitor. */
async function notedOf({ id }: { readonly id: string }): Promise<readonly Record<string, unknown>[]> {
  const rows = await stored("select record from journal order by seq");
  return rows.map((row) => Line.parse(row).record).filter((record) => record.actor_id === id);
}

const visitor = () => robot({ id: `human:${crypto.randomUUID()}`, kind: "human" });

describe("a note", () => {
  it("is one line with its visitor as actor, durable when it is answered", async () => {
    const principal = visitor();

    const noted = await desk().note(
      { action: "audit.payload_read", target: { cluster: "demo" }, params: { event_id: "e" } },
      { principal, sourceIp: "2001:db8::1" },
    );

    expect(noted).toEqual({ ok: true });
    expect(await notedOf(principal)).toEqual([
      expect.objectContaining({
        ...{ phase: "event", action: "audit.payload_read", decision: "allowed", outcome: "ok", cluster: "demo" },
        ...{ actor_type: "human", session_id: "console", source_ip: "2001:db8::1", params: { event_id: "e" } },
      }),
    ]);
    await ring();
    expect(await sql(`select outcome from audit_logs where actor_id = '${principal.id}'`)).toEqual([{ outcome: "ok" }]);
  });

  it("keeps no secret and nothing that the log could not take", async () => {
    const principal = visitor();
    const params = { name: "half a pair \ud800 and NUL \0", password: "hunter2" };

    await desk().note({ action: "key.created", params }, { principal });

    const [line] = await notedOf(principal);
    expect(JSON.stringify(line)).not.toMatch(/hunter2|\\u0000|\\ud800/);
    await ring();
    expect(await sql(`select action from audit_logs where actor_id = '${principal.id}'`)).toHaveLength(1);
  });

  it("of refusals is counted when there are too many of a kind", async () => {
    const principal = visitor();
    const refused = { action: "audit.payload_read", outcome: "refused", reason: `why-${principal.id}` } as const;

    for (let times = 0; times < 25; times += 1)
      expect(await desk().note(refused, { principal })).toMatchObject({ ok: true });

    const lines = await notedOf(principal);
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[0]).toMatchObject({ decision: "refused", outcome: "refused", reason: refused.reason });
  });

  it("that cannot be kept is refused, so that nothing is done or answered without it", async () => {
    const principal = visitor();
    await runInDurableObject(desk(), (_, { storage }) => {
      storage.sql.exec("alter table journal rename to journal_away");
    });

    const noted = await desk().note({ action: "audit.payload_read" }, { principal });
    const refused = await desk().note({ action: "audit.payload_read", outcome: "refused" }, { principal });
    await runInDurableObject(desk(), (_, { storage }) => {
      storage.sql.exec("alter table journal_away rename to journal");
    });

    expect([noted, refused]).toEqual(Array(2).fill({ ok: false, error: { kind: "audit_backpressure" } }));
    expect(await notedOf(principal)).toEqual([]);
  });
});
