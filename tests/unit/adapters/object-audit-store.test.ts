// The way to the sinks: which of them, what travels, and what a journal hears when one cannot be reached.

import { afterEach, describe, expect, it, vi } from "vitest";
import { memoryAuditStore } from "../../../src/adapters/memory/audit-store.ts";
import { objectAuditStore, sinkName } from "../../../src/adapters/object-audit-store.ts";
import { writeRecord } from "../../../src/audit/record.ts";
import { err, ok } from "../../../src/result.ts";
import { START_MS, uuidOf } from "../../support/clock.ts";
import { ACTOR, entry, plainRow } from "../../support/journal-rows.ts";
import type { Contribution, Settled } from "../../../src/audit/fan-in.ts";
import type { StoredRow } from "../../../src/ports/journal-store.ts";

const SHARDS = 4;
const { signal } = new AbortController();

afterEach(() => void vi.useRealTimers());

function through(contribute: (contribution: Contribution) => Promise<Settled>) {
  const asked: { name: string; contribution: Contribution }[] = [];
  const sinkOf = (name: string) => ({
    contribute: (contribution: Contribution) => {
      asked.push({ name, contribution });
      return contribute(contribution);
    },
  });
  const direct = memoryAuditStore(() => START_MS);
  return { store: objectAuditStore({ sinkOf, shards: SHARDS, direct }), asked, direct };
}

function rowOf(chainId: string): StoredRow {
  // What a caller sends may look like the name of a chain; the chain's own comes first in every record.
  const params = { chain_id: "another", text: '"chain_id":"another"' };
  const record = writeRecord(entry({ params }), ACTOR, { eventId: uuidOf(1), chainId, seq: 1, nowMs: START_MS });
  return plainRow(1, { record });
}

describe("rows on their way to a sink", () => {
  it("go to the sink of their chain, and to none beyond the last", async () => {
    const { store, asked } = through(() => Promise.resolve(ok(undefined)));
    const chains = Array.from({ length: 200 }, (_, index) => `chain-${index}`);

    for (const chainId of chains) await store.insert([rowOf(chainId)], signal);

    expect(asked.map(({ name }) => name)).toEqual(chains.map((chainId) => sinkName(chainId, SHARDS)));
    expect(asked.map(({ contribution }) => contribution.chainId)).toEqual(chains);
    expect([...new Set(asked.map(({ name }) => name))].sort()).toEqual(["sink-0", "sink-1", "sink-2", "sink-3"]);
  });

  it("are what is inserted, and nothing more of the journal", async () => {
    const { store, asked } = through(() => Promise.resolve(ok(undefined)));

    await store.insert([rowOf("a")], signal);

    expect(Object.keys(asked[0]?.contribution.rows[0] ?? {})).toEqual(["seq", "record", "prevHash", "hash"]);
  });

  it("go to some sink even where nobody can read them", async () => {
    const { store, asked } = through(() => Promise.resolve(ok(undefined)));

    await store.insert([plainRow(7, { record: "\0", hash: "abc" })], signal);

    expect(asked[0]?.contribution.chainId).toBe("abc");
  });

  it("ask no sink when there are none", async () => {
    const { store, asked } = through(() => Promise.resolve(ok(undefined)));

    expect(await store.insert([], signal)).toEqual(ok(undefined));
    expect(asked).toEqual([]);
  });

  it.each([ok(undefined), err({ kind: "row_refused", sqlState: "22P05" } as const)])(
    "are told what became of them: %j",
    async (settled) => {
      const { store } = through(() => Promise.resolve(settled));

      expect(await store.insert([rowOf("a")], signal)).toEqual(settled);
    },
  );

  it("stay where they are when the sink breaks off", async () => {
    const { store } = through(() => Promise.reject(new Error("the object was reset")));

    expect(await store.insert([rowOf("a")], signal)).toMatchObject({
      error: { kind: "upstream_unavailable", upstream: "audit-sink" },
    });
  });

  it("wait for a sink that says nothing a little longer than it was asked to wait itself", async () => {
    vi.useFakeTimers();
    const { store, asked } = through(() => new Promise(() => undefined));
    const inserted = store.insert([rowOf("a")], signal);

    await vi.advanceTimersByTimeAsync((asked[0]?.contribution.waitMs ?? 0) + 999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);

    expect(await inserted).toMatchObject({ error: { kind: "upstream_timeout" } });
  });

  it("are waited for no longer by whoever has given up", async () => {
    const { store } = through(() => new Promise(() => undefined));
    const leaving = new AbortController();
    const inserted = store.insert([rowOf("a")], leaving.signal);

    leaving.abort();

    expect(await inserted).toMatchObject({ error: { kind: "upstream_unavailable" } });
  });
});

it("leaves what is put aside, and the upkeep, to the log itself", async () => {
  const { store, direct, asked } = through(() => Promise.resolve(ok(undefined)));

  await store.quarantine(rowOf("a"), { kind: "row_refused", sqlState: "22P05" }, signal);
  const kept = await store.maintain({ keepDays: 30, aheadDays: 7 }, signal);

  expect(direct.quarantined()).toHaveLength(1);
  expect(kept).toMatchObject({ ok: true });
  expect(asked).toEqual([]);
});
