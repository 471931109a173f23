// What the keeper's round finds in rows and checkpoints as they arrive, and how far it comes in one time.

import { beforeEach, describe, expect, it } from "vitest";
import { link, sha256 } from "../../../../src/audit/record.ts";
import { arrivedVerifier } from "../../../../src/audit/verify/arrived.ts";
import type { ArchivedRow } from "../../../../src/ports/audit-archive.ts";
import type { Checkpoint } from "../../../../src/ports/evidence.ts";
import { Archived, DOWN } from "../../../support/archived.ts";
import { START_MS } from "../../../support/clock.ts";
import { SignedLog, someSigner } from "../../../support/signed-log.ts";

const HOUR_MS = 3_600_000;
const { signal } = new AbortController();
const signer = someSigner();
const moment = (atMs: number) => `${new Date(atMs).toISOString().slice(0, -1)}000Z`;

let archived: Archived;
let log: SignedLog;
beforeEach(async () => {
  archived = new Archived();
  log = new SignedLog(signer);
  // A day of before, so that nothing of the hour can be taken for dropped.
  archived.chain("old", [START_MS - 72 * HOUR_MS]);
  log.write("a", 6, { fromMs: START_MS });
  log.write("b", 4, { fromMs: START_MS });
  await log.sign("a", START_MS + 60_000);
  await log.sign("b", START_MS + 61_000, { isFinal: true });
});

const arrive = (rows = log.rows, checkpoints: readonly Checkpoint[] = log.checkpoints) => {
  archived.rows.push(
    ...rows.map((row) => ({ ...row, eventId: row.eventId ?? "", ingestedAt: moment(Date.parse(row.ts) + 1_000) })),
  );
  archived.checkpoints.push(...checkpoints.map((checkpoint) => ({ ...checkpoint, storedAt: moment(checkpoint.tsMs) })));
};
const change = (chainId: string, seq: number, changes: (row: ArchivedRow) => Partial<ArchivedRow>) => {
  const index = archived.rows.findIndex((row) => row.chainId === chainId && row.seq === seq);
  const row = archived.rows[index];
  if (row) archived.rows[index] = { ...row, ...changes(row) };
};
const remove = (chainId: string, seq: number) => {
  archived.rows.splice(
    archived.rows.findIndex((row) => row.chainId === chainId && row.seq === seq),
    1,
  );
};
const verify = (fromMs = START_MS - HOUR_MS, toMs = START_MS + HOUR_MS, keys = [signer.publicKey]) =>
  arrivedVerifier(() => START_MS, { pageRows: 10, maxRows: 200 })({
    archive: archived.archive,
    keys,
    fromMs,
    toMs,
    signal,
  });
const faults = async () => {
  const verified = await verify();
  return verified.ok ? verified.value.faults : [];
};

describe("what has arrived", () => {
  it("is well when it is as it was written", async () => {
    arrive();

    expect(await verify()).toEqual({ ok: true, value: { upToMs: START_MS + HOUR_MS, rows: 10, faults: [] } });
  });

  it("builds on what came before the span", async () => {
    arrive();

    expect(await verify(START_MS + 4_000)).toMatchObject({ value: { rows: 4, faults: [] } });
    change("a", 3, () => ({ hash: sha256("x") }));
    expect(await verify(START_MS + 4_000)).toMatchObject({
      value: { faults: [{ kind: "tampered", chainId: "a", seq: 4 }] },
    });
  });

  it("is looked at in order of arrival, which is not that of the chain", async () => {
    arrive(log.rows.toReversed());

    expect(await faults()).toEqual([]);
  });

  it("cannot be looked at while Postgres is away", async () => {
    archived.isDown = true;

    expect(await verify()).toEqual({ ok: false, error: DOWN });
  });

  it.each<readonly [string, () => void, object]>([
    ["an edited record", () => change("a", 3, () => ({ record: "{}" })), { kind: "tampered", seq: 3 }],
    ["an edited hash", () => change("a", 3, () => ({ hash: sha256("x") })), { kind: "tampered", seq: 3 }],
    ["another event id", () => change("a", 3, () => ({ eventId: "x" })), { kind: "tampered", seq: 3 }],
    [
      "a record and its hash",
      () => change("a", 3, ({ prevHash }) => ({ record: "{}", hash: link(prevHash, "{}") })),
      { kind: "tampered", seq: 3 },
    ],
    ["a missing row", () => remove("a", 3), { kind: "gap", seq: 3 }],
    ["a missing last row", () => remove("a", 6), { kind: "truncated", seq: 6 }],
  ])("%s", async (_, tamper, first) => {
    arrive();
    tamper();

    expect((await faults())[0]).toMatchObject({ chainId: "a", foundAtMs: START_MS, ...first });
  });

  it("names the row by its event and time", async () => {
    arrive();
    change("a", 3, () => ({ hash: sha256("x") }));

    expect((await faults())[0]?.detail).toBe(
      "row 3: its hash is not that of its record (event 00000000-0000-4000-8000-000000000003 of 2026-01-15T12:00:02.000Z)",
    );
  });

  it("a chain that was rewritten before it was signed for", async () => {
    const other = new SignedLog(signer);
    other.write("a", 6, { fromMs: START_MS, tool: "ctx.set" });
    arrive(other.rows, log.checkpoints.slice(0, 1));

    expect(await faults()).toMatchObject([
      { kind: "tampered", seq: 6, detail: "the chain was rewritten: row 6 is not the one that was signed" },
    ]);
  });

  it("a row behind a chain's end", async () => {
    log.write("b", 1, { fromMs: START_MS + 70_000 });
    arrive();

    expect(await faults()).toMatchObject([{ kind: "tampered", chainId: "b", seq: 5 }]);
  });

  it("a checkpoint that was edited, one that is forged, and one by a key that is not known", async () => {
    const [first, second] = log.checkpoints;
    await log.sign("a", START_MS + 62_000, { isFinal: true, signer: someSigner() });
    if (first && second)
      arrive(log.rows, [
        { ...first, hash: sha256("x") },
        { ...second, signature: "A".repeat(86) },
        ...log.checkpoints.slice(2),
      ]);

    expect((await faults()).map(({ kind, chainId }) => [kind, chainId])).toEqual([
      ["signature", "a"],
      ["signature", "b"],
      ["incomplete", "a"],
    ]);
  });

  it("says nothing of rows that were dropped with the oldest day", async () => {
    archived.rows.length = 0;
    arrive(log.rows.filter(({ seq }) => seq > 3));

    expect(await faults()).toEqual([]);
  });
});

describe("what is too much for one time", () => {
  it("goes on where it ended, and every row is looked at", async () => {
    // Thirty statements of ten rows: each of them arrives in one moment.
    log.write("long", 300, { fromMs: START_MS });
    const long = log.rows.filter(({ chainId }) => chainId === "long");
    archived.rows.push(
      ...long.map((row) => ({
        ...row,
        eventId: row.eventId ?? "",
        ingestedAt: moment(START_MS + Math.floor((row.seq - 1) / 10)),
      })),
    );
    change("long", 290, () => ({ hash: sha256("x") }));

    const first = await verify();
    expect(first).toMatchObject({ ok: true, value: { rows: 190, faults: [] } });
    const second = await verify(first.ok ? first.value.upToMs : 0);

    expect(second).toMatchObject({
      value: { upToMs: START_MS + HOUR_MS, rows: 110, faults: [{ seq: 290 }, { seq: 291 }] },
    });
  });

  it("comes to its end even where everything arrived in one moment", async () => {
    log.write("long", 215, { fromMs: START_MS });
    archived.rows.push(
      ...log.rows.map((row) => ({ ...row, eventId: row.eventId ?? "", ingestedAt: moment(START_MS) })),
    );

    expect(await verify(START_MS)).toMatchObject({ value: { upToMs: START_MS + HOUR_MS, rows: 225, faults: [] } });
  });
});
