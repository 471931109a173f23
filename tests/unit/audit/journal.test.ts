import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MAX_BACKLOG, MAX_LAG_MS } from "../../../src/audit/journal.ts";
import { fixedClock, START_MS } from "../../support/clock.ts";
import { ACTOR, breaksIn, CHAIN, entry, journalOn, plainRow, recordsIn } from "../../support/journal-rows.ts";

const WRITTEN = { ok: true, value: undefined };
const BACKPRESSURE = { ok: false, error: { kind: "audit_backpressure" } };

describe("writing", () => {
  it("takes effect in a turn of its own, and what waits by then shares one commit", async () => {
    const { journal, store, storage, endTurn, scheduled } = journalOn();
    const written = [journal.write(entry(), ACTOR), journal.write(entry(), ACTOR), journal.write(entry(), ACTOR)];
    expect([store.pending(10), scheduled()]).toEqual([[], 1]);

    endTurn();

    await expect(Promise.all(written)).resolves.toEqual([WRITTEN, WRITTEN, WRITTEN]);
    expect([store.pending(10).length, storage.commits()]).toEqual([3, 1]);
  });

  it("schedules anew after each turn", async () => {
    const { journal, endTurn, store } = journalOn();
    for (let turn = 0; turn < 3; turn++) {
      const written = journal.write(entry(), ACTOR);
      endTurn();
      await written;
    }

    expect(store.pending(10)).toHaveLength(3);
  });

  it("tells that there is something to drain", async () => {
    const { journal, endTurn, pendings } = journalOn();
    const written = journal.write(entry(), ACTOR);
    endTurn();
    await written;

    expect(pendings()).toBe(1);
  });

  it("is refused when the storage does not take it, to everyone who shared the commit, and nothing of it stays", async () => {
    const { journal, endTurn, storage, store } = journalOn();
    storage.breakWrites(new Error("disk full"));
    const written = [journal.write(entry(), ACTOR), journal.write(entry(), ACTOR)];
    endTurn();

    await expect(Promise.all(written)).resolves.toEqual([BACKPRESSURE, BACKPRESSURE]);
    expect([store.head(), store.backlog().rows]).toEqual([undefined, 0]);
  });

  it("goes on where it was when the storage recovers: a failed write leaves no gap", async () => {
    const { journal, endTurn, storage, store } = journalOn();
    const write = () => {
      const written = journal.write(entry(), ACTOR);
      endTurn();
      return written;
    };
    await write();
    storage.breakWrites(new Error("disk full"));
    await write();
    storage.breakWrites(undefined);
    await write();

    expect(breaksIn(store.pending(10))).toEqual([]);
    expect(store.pending(10)).toHaveLength(2);
  });
});

describe("a line of its own transaction", () => {
  it("is written in this very turn, before whatever waits, and in the one chain", async () => {
    const { journal, store, endTurn } = journalOn();
    const written = journal.write(entry(), ACTOR);

    journal.record(entry({ action: "approval.approved" }), ACTOR);
    expect(recordsIn(store.pending(10))).toMatchObject([{ action: "approval.approved", seq: 1 }]);
    endTurn();
    await written;

    expect(breaksIn(store.pending(10))).toEqual([]);
    expect(store.pending(10)).toHaveLength(2);
  });

  it("is for its writer to know when it cannot be kept", () => {
    const { journal, storage } = journalOn();
    storage.breakWrites(new Error("disk full"));

    expect(() => {
      journal.record(entry(), ACTOR);
    }).toThrow("disk full");
  });
});

describe("the oldest line that waits for Postgres", () => {
  it("has waited too long after five minutes, and no more once it has arrived", () => {
    const clock = fixedClock();
    const { journal, store } = journalOn({ clock });
    expect(journal.isLagging()).toBe(false);
    journal.record(entry(), ACTOR);
    clock.advance(MAX_LAG_MS);
    journal.record(entry(), ACTOR);
    expect(journal.isLagging()).toBe(false);

    clock.advance(1);
    expect(journal.isLagging()).toBe(true);
    store.settle(1, new Set());

    expect(journal.isLagging()).toBe(false);
  });
});

describe("writing durably", () => {
  it("waits for the commit to survive a crash", async () => {
    const { journal, endTurn } = journalOn();
    const written = journal.writeDurably(entry({ phase: "intent" }), ACTOR);
    endTurn();

    expect(await written).toEqual(WRITTEN);
  });

  it("is refused when the commit fails after the write looked fine", async () => {
    const { journal, endTurn, storage } = journalOn();
    storage.breakSync(new Error("commit failed"));
    const written = journal.writeDurably(entry({ phase: "intent" }), ACTOR);
    endTurn();

    expect(await written).toEqual(BACKPRESSURE);
  });
});

describe("the hash chain", () => {
  it("is SHA-256 of the previous hash and the record, from the name of the chain on", async () => {
    const { journal, endTurn, store } = journalOn();
    const written = journal.write(entry(), ACTOR);
    endTurn();
    await written;

    const [row] = store.pending(1);
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(row).toMatchObject({ seq: 1, prevHash: sha256(CHAIN), hash: sha256(`${sha256(CHAIN)}${row?.record}`) });
  });

  it("is contiguous and never forks, however many write at the same time (attack 60)", async () => {
    const { journal, endTurn, store } = journalOn();
    const written: Promise<unknown>[] = [];
    for (let turn = 0; turn < 20; turn++) {
      for (let writer = 0; writer < 10; writer++) written.push(journal.write(entry(), ACTOR));
      for (let writer = 0; writer < 3; writer++) written.push(journal.refuse(entry({ reason: "rate_limited" }), ACTOR));
      written.push(journal.writeDurably(entry({ phase: "intent" }), ACTOR));
      if (turn % 3 === 0) endTurn();
      if (turn % 7 === 0) journal.closeRefusals("all");
      await Promise.resolve();
    }
    endTurn();
    await Promise.all(written);

    const rows = store.pending(1_000);
    expect(rows.length).toBeGreaterThan(200);
    expect(breaksIn(rows)).toEqual([]);
    expect(new Set(rows.map(({ prevHash }) => prevHash)).size).toBe(rows.length);
  });

  it("goes on after a sleep where it ended, even when all of it has drained", async () => {
    const first = journalOn();
    const written = first.journal.write(entry(), ACTOR);
    first.endTurn();
    await written;
    const head = first.store.head();
    first.store.settle(1, new Set());

    const second = journalOn({ storage: first.storage });
    const more = second.journal.write(entry(), ACTOR);
    second.endTurn();
    await more;

    expect(head).toBeDefined();
    expect(breaksIn(second.store.pending(10), head)).toEqual([]);
  });

  it("shows where a record was changed, left out or put elsewhere", async () => {
    const { journal, endTurn, store } = journalOn();
    const written = [1, 2, 3].map(() => journal.write(entry(), ACTOR));
    endTurn();
    await Promise.all(written);
    const [one, two, three] = store.pending(3);
    if (!one || !two || !three) throw new Error("expected three rows");

    expect(breaksIn([one, { ...two, record: two.record.replace('"ok"', '"failed"') }, three])).toEqual([
      "2 was changed",
    ]);
    expect(breaksIn([one, three])).toEqual(["1 is followed by 3", "3 builds on another row"]);
    expect(breaksIn([two, one, three])).not.toEqual([]);
  });
});

describe("a record", () => {
  it("has its own id, its place in the chain and the time of its writing", async () => {
    const { journal, endTurn, store, clock } = journalOn();
    const written = [journal.write(entry(), ACTOR), journal.write(entry(), ACTOR)];
    clock.advance(1_500);
    endTurn();
    await Promise.all(written);

    const records = recordsIn(store.pending(2));
    expect(records).toMatchObject([
      { seq: 1, chain_id: CHAIN },
      { seq: 2, chain_id: CHAIN },
    ]);
    expect(new Set(records.map(({ event_id }) => event_id)).size).toBe(2);
    expect(records[0]?.ts).toBe(new Date(START_MS + 1_500).toISOString());
  });

  it("names the human for whom an agent acts", async () => {
    const { journal, endTurn, store } = journalOn();
    const caller = {
      id: "agent:atlas",
      kind: "agent",
      roles: [],
      credential: { kind: "key", id: "k" },
      expiresAtMs: 0,
      onBehalfOf: "mira",
    } as const;
    const written = journal.write(entry(), { ...ACTOR, caller: { ...caller, roles: [] } });
    endTurn();
    await written;

    expect(recordsIn(store.pending(1))).toMatchObject([{ actor_type: "agent", on_behalf_of: "mira", key_id: "k" }]);
  });
});

describe("the backlog", () => {
  const filled = (rows: number, bytesEach = 2) => {
    const made = journalOn();
    made.store.append(
      Array.from({ length: rows }, (_, index) => plainRow(index + 1, { record: "x".repeat(bytesEach) })),
    );
    return made.journal;
  };

  it("has these bounds", () => {
    expect(MAX_BACKLOG).toEqual({
      effect: { rows: 10_000, bytes: 32 * 1024 ** 2 },
      read: { rows: 50_000, bytes: 64 * 1024 ** 2 },
    });
  });

  it.each([
    [0, "effect", true],
    [9_999, "effect", true],
    [10_000, "effect", false],
    [10_000, "read", true],
    [49_999, "read", true],
    [50_000, "read", false],
  ] as const)("of %i rows admits an %s: %s", (rows, effect, isAdmitted) => {
    expect(filled(rows).admit(effect)).toEqual(isAdmitted ? WRITTEN : BACKPRESSURE);
  });

  it.each([
    [20, true, true],
    [40, false, true],
    [70, false, false],
  ])("of %i MiB admits effects: %s, reads: %s", (mebibytes, isEffectAdmitted, isReadAdmitted) => {
    const journal = filled(mebibytes, 1024 ** 2);

    expect([journal.admit("effect").ok, journal.admit("read").ok]).toEqual([isEffectAdmitted, isReadAdmitted]);
  });
});
