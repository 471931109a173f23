// One row of the audit log: what else belongs to it, whether it stands as it was written, and what was asked in it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { neonAuditReader } from "../../src/adapters/neon-audit-reader.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { Chain, EVERYWHERE } from "./audit-rows.ts";
import { standIns } from "./stand-ins.ts";
import type { JournalRow } from "../../src/ports/audit-store.ts";
import type { Written } from "./audit-rows.ts";
import type { StandIns } from "./stand-ins.ts";

const { signal } = new AbortController();
const sight = { principalId: "human:ona", scopes: EVERYWHERE };
const NOW_MS = Date.now() - 60_000;
const DAY_MS = 86_400_000;

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
}, 60_000);
afterAll(() => stand.close());

async function store(rows: readonly JournalRow[]): Promise<void> {
  const stored = await neonAuditStore(neonSql(stand.bindings.DATABASE_URL)).insert(rows, signal);
  expect(stored).toMatchObject({ ok: true });
}

async function event({ id, tsMs }: Pick<Written, "id" | "tsMs">) {
  const found = await neonAuditReader(neonSql(stand.bindings.DATABASE_READER_URL)).event({ id, tsMs }, sight, signal);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

describe("the timeline of a row", () => {
  it("holds its call and its approval, oldest first, and nothing else", async () => {
    const [session, desk] = [new Chain(), new Chain()];
    const approval = { approval_id: crypto.randomUUID() };
    const call_id = crypto.randomUUID();
    const asked = desk.add(NOW_MS - 3 * DAY_MS, { ...approval, action: "approval.requested", phase: "event" });
    const intent = session.add(NOW_MS - 2_000, { call_id, phase: "intent", outcome: "pending" });
    session.add(NOW_MS - 1_500);
    const outcome = session.add(NOW_MS - 1_000, { call_id, ...approval });
    const run = desk.add(NOW_MS, { ...approval, action: "run.succeeded", phase: "event" });
    desk.add(NOW_MS - 20 * DAY_MS, approval);
    await store([...session.rows, ...desk.rows]);

    const found = await event(outcome);

    expect(found?.timeline.map(({ id }) => id)).toEqual([asked, intent, outcome, run].map(({ id }) => id));
    expect((await event(intent))?.timeline.map(({ id }) => id)).toEqual([intent.id, outcome.id]);
  });

  it("is cut at two hundred rows", async () => {
    const chain = new Chain();
    const call_id = crypto.randomUUID();
    for (let at = 0; at < 205; at += 1) chain.add(NOW_MS + at, { call_id });
    await store(chain.rows);

    expect((await event(chain.written[0] ?? { id: "", tsMs: 0 }))?.timeline).toHaveLength(200);
  });
});

describe("a row", () => {
  it("is intact where its links hold, the first one of its chain too", async () => {
    const chain = new Chain();
    const [first, second] = [chain.add(NOW_MS), chain.add(NOW_MS)];
    await store(chain.rows);

    expect(await event(first)).toMatchObject({ intact: "intact", hash: first.row.hash, prevHash: first.row.prevHash });
    expect(await event(second)).toMatchObject({ intact: "intact", prevHash: first.row.hash });
  });

  it("that was written over is broken", async () => {
    const chain = new Chain();
    const { id, tsMs, row } = chain.add(NOW_MS);
    await store([{ ...row, record: row.record.replace('"ok"', '"failed"') }]);

    expect((await event({ id, tsMs }))?.intact).toBe("broken");
  });

  it("whose predecessor was exchanged is broken", async () => {
    const [chain, other] = [new Chain(), new Chain()];
    chain.add(NOW_MS);
    const second = chain.add(NOW_MS);
    const exchanged = other.add(NOW_MS, { chain_id: chain.id });
    await store([exchanged.row, second.row]);

    expect((await event(second))?.intact).toBe("broken");
  });

  it("that claims to be the first and builds on something is broken", async () => {
    const chain = new Chain();
    chain.add(NOW_MS);
    const second = chain.add(NOW_MS);
    await store([{ ...second.row, seq: 1 }]);

    expect((await event(second))?.intact).toBe("broken");
  });

  it("whose predecessor is gone says so, and does not claim more", async () => {
    const chain = new Chain();
    chain.add(NOW_MS);
    const second = chain.add(NOW_MS);
    await store([second.row]);

    expect((await event(second))?.intact).toBe("predecessor_not_found");
  });

  it("is told with the first checkpoint that was signed behind it", async () => {
    const chain = new Chain();
    const [first, second] = [chain.add(NOW_MS), chain.add(NOW_MS), chain.add(NOW_MS)];
    await store(chain.rows);
    const signed = (seq: number) =>
      stand.sql(`insert into audit_checkpoints (chain_id, seq, hash, ts, final, statement, kid, signature)
                 values ('${chain.id}', ${seq}, 'h', '2026-11-29T10:00:00Z', false, '{}', 'kid-${seq}', 's')`);
    for (const seq of [1, 3]) await signed(seq);

    expect((await event(first))?.checkpoint).toEqual({ seq: 1, ts: "2026-11-29T10:00:00.000Z", kid: "kid-1" });
    expect((await event(second))?.checkpoint?.seq).toBe(3);
    await expect(event(chain.add(NOW_MS))).resolves.toBeUndefined();
  });

  it("is not found at another moment, nor under another id", async () => {
    const chain = new Chain();
    const { id, tsMs } = chain.add(NOW_MS);
    await store(chain.rows);

    expect(await event({ id, tsMs: tsMs + 1 })).toBeUndefined();
    expect(await event({ id: crypto.randomUUID(), tsMs })).toBeUndefined();
  });
});

it("what was asked comes with the text that was hashed", async () => {
  const chain = new Chain();
  const { id, tsMs, row } = chain.add(NOW_MS, { params: { list: [1, null, "x"] }, params_digest: "d" });
  await store(chain.rows);

  const reader = neonAuditReader(neonSql(stand.bindings.DATABASE_READER_URL));

  expect(await reader.payload({ id, tsMs }, sight, signal)).toEqual({
    ok: true,
    value: {
      ...{ id, cluster: "demo", namespace: "shop", params: { list: [1, null, "x"] }, paramsDigest: "d" },
      record: row.record,
    },
  });
});
