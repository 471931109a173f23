// From the journal to Postgres, whatever Postgres does: nothing lost, nothing twice, and no row holds up the others.

import { describe, expect, it } from "vitest";
import { BATCH_ROWS, drain } from "../../../src/audit/drain.ts";
import { memoryAuditStore } from "../../../src/adapters/memory/audit-store.ts";
import { ACTOR, breaksIn, entry, journalOn } from "../../support/journal-rows.ts";
import { DOWN, scriptedAuditStore } from "../../support/scripted-audit-store.ts";
import { seeded } from "../../support/seeded.ts";
import type { AuditStore } from "../../../src/ports/audit-store.ts";
import type { Script, Step } from "../../support/scripted-audit-store.ts";

const { signal } = new AbortController();

async function withRows(count: number, script: Script = {}) {
  const shelf = journalOn();
  const stored = memoryAuditStore(shelf.clock.now);
  const audit = scriptedAuditStore(stored, script);
  const write = async (more: number) => {
    const written = Array.from({ length: more }, () => shelf.journal.write(entry(), ACTOR));
    shelf.endTurn();
    await Promise.all(written);
  };
  await write(count);
  const run = (running = new Set<string>(), to: AuditStore = audit) =>
    drain({ store: shelf.store, audit: to, running, signal });
  return { ...shelf, stored, audit, write, run };
}

const DONE = { failure: undefined, retryInMs: undefined, quarantined: 0 };

describe("a drain", () => {
  it("sends everything, in order, and leaves nothing behind", async () => {
    const { run, stored, store } = await withRows(7);

    expect(await run()).toEqual({ ...DONE, sent: 7 });

    expect(stored.rows().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(breaksIn(stored.rows())).toEqual([]);
    expect(store.backlog()).toEqual({ rows: 0, bytes: 0 });
  });

  it("asks nothing of Postgres when there is nothing to send", async () => {
    const { run, audit } = await withRows(0);

    expect(await run()).toEqual({ ...DONE, sent: 0 });
    expect(audit.inserts()).toBe(0);
  });

  it("sends in batches", async () => {
    const { run, audit, stored } = await withRows(2 * BATCH_ROWS + 1);

    await run();

    expect([audit.inserts(), stored.rows().length]).toEqual([3, 401]);
  });

  it("stops after fifty batches and asks to go on at once", async () => {
    const { run, stored } = await withRows(50 * BATCH_ROWS + 1);

    expect(await run()).toEqual({ ...DONE, sent: 10_000, retryInMs: 0 });
    expect(await run()).toEqual({ ...DONE, sent: 1 });
    expect(stored.rows()).toHaveLength(10_001);
  });

  it("keeps what is written while a batch is on its way, and sends it next", async () => {
    const events: (() => void)[] = [];
    const { run, write, stored, audit } = await withRows(3, { meanwhile: () => events.shift()?.() });
    events.push(() => void write(2));

    expect(await run()).toEqual({ ...DONE, sent: 5 });

    expect(audit.inserts()).toBe(2);
    expect(breaksIn(stored.rows())).toEqual([]);
  });
});

describe("when Postgres is away", () => {
  it("the rows stay, and the wait doubles from two seconds up to a minute", async () => {
    const { run, store } = await withRows(3, { inserts: Array<Step>(8).fill("down") });

    const waits: unknown[] = [];
    for (let attempt = 0; attempt < 8; attempt++) waits.push(await run());

    expect(waits).toEqual(
      [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000].map((retryInMs) => ({
        sent: 0,
        quarantined: 0,
        failure: DOWN,
        retryInMs,
      })),
    );
    expect(store.backlog().rows).toBe(3);
  });

  it("the wait does not begin anew after a sleep, but after a success", async () => {
    const before = await withRows(1, { inserts: ["down", "down", "down"] });
    await before.run();
    await before.run();

    const after = journalOn({ storage: before.storage });
    const runAfter = () => drain({ store: after.store, audit: before.audit, running: new Set(), signal });

    expect(await runAfter()).toMatchObject({ retryInMs: 8_000 });
    expect(await runAfter()).toMatchObject({ retryInMs: undefined });
    expect(after.store.failures()).toBe(0);
  });

  it("the wait stays a minute for however long the outage lasts", async () => {
    const { run, store } = await withRows(1, { inserts: ["down"] });
    store.setFailures(5_000);

    expect(await run()).toMatchObject({ retryInMs: 60_000 });
  });

  it("what was sent before the outage is not sent again", async () => {
    const { run, stored } = await withRows(2 * BATCH_ROWS, { inserts: ["ok", "down"] });

    expect(await run()).toMatchObject({ sent: BATCH_ROWS, failure: DOWN, retryInMs: 2_000 });
    expect(await run()).toMatchObject({ sent: BATCH_ROWS, failure: undefined });
    expect(breaksIn(stored.rows())).toEqual([]);
  });

  it("an answer that got lost makes nothing appear twice", async () => {
    const { run, stored } = await withRows(5, { inserts: ["unheard", "unheard"] });

    for (let attempt = 0; attempt < 3; attempt++) await run();

    expect(stored.rows().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("and back, and away, in any order, nothing is lost and nothing is twice", async () => {
    const random = seeded(7);
    const steps: readonly Step[] = ["ok", "down", "unheard"];
    const inserts = Array.from({ length: 200 }, () => steps[random(3)] ?? "ok");
    const { run, write, stored, store } = await withRows(1, { inserts });

    for (let round = 0; round < 100; round++) {
      await write(random(30));
      await run();
    }
    while ((await run()).retryInMs !== undefined);

    expect(stored.rows()).toHaveLength(store.head()?.seq ?? 0);
    expect(breaksIn(stored.rows())).toEqual([]);
  });
});

describe("a row that Postgres will never take", () => {
  const POISON = '{"event_id":"half a surrogate \\ud800"}';
  const withPoison = async (at: readonly number[], count: number, script: Script = {}) => {
    const shelf = await withRows(0, script);
    const good = (await withRows(count)).store.pending(count);
    shelf.store.append(good.map((row) => (at.includes(row.seq) ? { ...row, record: POISON } : row)));
    return shelf;
  };

  it.each([[[1]], [[100]], [[57]], [[1, 2]], [[3, 50, 99]], [Array.from({ length: 100 }, (_, index) => index + 1)]])(
    "is put aside, wherever it stands, and the others go through: %j",
    async (at) => {
      const { run, stored, store } = await withPoison(at, 100);

      expect(await run()).toEqual({ ...DONE, sent: 100 - at.length, quarantined: at.length });

      expect(stored.quarantined().map(({ seq }) => seq)).toEqual(at);
      expect(stored.rows()).toHaveLength(100 - at.length);
      expect(store.backlog().rows).toBe(0);
    },
  );

  it("is found in few steps", async () => {
    const { run, audit } = await withPoison([77], BATCH_ROWS);

    await run();

    expect(audit.inserts()).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(BATCH_ROWS)) + 1);
  });

  it.each(["down", "unheard"] as const)(
    "stays in the journal while it cannot be put aside, and is put there once: %s",
    async (step) => {
      const { run, stored } = await withPoison([2], 3, { quarantines: [step] });

      expect(await run()).toMatchObject({ failure: DOWN, retryInMs: 2_000 });
      expect(await run()).toMatchObject({ failure: undefined, retryInMs: undefined });

      expect(stored.quarantined().map(({ seq }) => seq)).toEqual([2]);
      expect(stored.rows().map(({ seq }) => seq)).toEqual([1, 3]);
    },
  );

  it("does not stop the search when Postgres goes away in its middle", async () => {
    const { run, stored } = await withPoison([5], 8, { inserts: ["ok", "ok", "down"] });

    expect(await run()).toMatchObject({ failure: DOWN });
    expect(await run()).toMatchObject({ failure: undefined });

    expect([stored.rows().length, stored.quarantined().length]).toEqual([7, 1]);
  });
});

describe("an effect that still runs", () => {
  it("keeps its intent in the journal after it has drained, and lets it go with its outcome", async () => {
    const { journal, endTurn, run, store } = await withRows(0);
    const write = async (changes: Parameters<typeof entry>[0]) => {
      const written = journal.write(entry(changes), ACTOR);
      endTurn();
      await written;
    };
    await write({ phase: "intent", callId: "effect" });
    await write({ callId: "other" });

    await run(new Set(["effect"]));
    expect(store.openIntents().map(({ callId }) => callId)).toEqual(["effect"]);

    await write({ callId: "effect" });
    await run();
    expect([store.openIntents(), store.backlog().rows]).toEqual([[], 0]);
  });
});
