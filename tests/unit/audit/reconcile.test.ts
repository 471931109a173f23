// A session that was cut off in the middle of an effect: after the wake the log says that nobody knows how it ended.

import { describe, expect, it } from "vitest";
import { drain } from "../../../src/audit/drain.ts";
import { memoryAuditStore } from "../../../src/adapters/memory/audit-store.ts";
import { uuidOf } from "../../support/clock.ts";
import { ACTOR, breaksIn, entry, journalOn, recordsIn } from "../../support/journal-rows.ts";

type Shelf = ReturnType<typeof journalOn>;

const [A, B, C] = [uuidOf(901), uuidOf(902), uuidOf(903)];

async function write({ journal, endTurn }: Shelf, ...entries: Parameters<typeof entry>[0][]) {
  const written = entries.map((changes) => journal.write(entry(changes), ACTOR));
  endTurn();
  await Promise.all(written);
}

const intent = (callId: string) =>
  ({ callId, phase: "intent", outcome: "pending", tool: "ctx.set", params: { key: "k" } }) as const;
const woken = ({ storage, clock, uuid }: Shelf) => journalOn({ storage, clock, uuid });

describe("a crash in the middle of an effect", () => {
  it("is told as unknown after the wake, under the id of the call", async () => {
    const before = journalOn();
    await write(before, intent(A), intent(B), { callId: A, phase: "outcome" });
    before.clock.advance(5_000);

    const after = woken(before);
    after.journal.reconcile();

    const records = recordsIn(after.store.pending(10));
    expect(records).toHaveLength(4);
    expect(records.at(-1)).toMatchObject({
      call_id: B,
      phase: "outcome",
      outcome: "unknown",
      reason: "interrupted",
      tool: "ctx.set",
      decision: "allowed",
      ts: "2026-01-15T12:00:05.000Z",
      seq: 4,
    });
    expect(records.at(-1)?.event_id).not.toBe(records[1]?.event_id);
    expect(breaksIn(after.store.pending(10))).toEqual([]);
  });

  it("is told once, however often the session wakes", async () => {
    const before = journalOn();
    await write(before, intent(A));

    for (let wake = 0; wake < 3; wake++) woken(before).journal.reconcile();

    expect(woken(before).store.pending(10)).toHaveLength(2);
  });

  it("is told even when its intent had drained while it ran", async () => {
    const before = journalOn();
    const audit = memoryAuditStore(before.clock.now);
    await write(before, intent(A), { callId: C });
    const { signal } = new AbortController();
    await drain({ store: before.store, audit, running: new Set([A]), signal });

    const after = woken(before);
    after.journal.reconcile();
    await drain({ store: after.store, audit, running: new Set(), signal });

    expect(recordsIn(audit.rows())).toMatchObject([
      { call_id: A, phase: "intent" },
      { call_id: C },
      { call_id: A, phase: "outcome", outcome: "unknown" },
    ]);
    expect(breaksIn(audit.rows())).toEqual([]);
    expect(woken(after).store.openIntents()).toEqual([]);
  });

  it("adds nothing where every effect had ended, and nothing where there was none", async () => {
    const before = journalOn();
    await write(before, intent(A), { callId: A }, { callId: B });

    woken(before).journal.reconcile();
    journalOn().journal.reconcile();

    expect(woken(before).store.pending(10)).toHaveLength(3);
  });

  it("stops the session from going on when it cannot be told", async () => {
    const before = journalOn();
    await write(before, intent(A));
    before.storage.breakWrites(new Error("disk full"));

    expect(() => woken(before).journal.reconcile()).toThrow("disk full");
  });
});
