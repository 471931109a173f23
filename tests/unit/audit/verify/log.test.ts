// What the verifier finds in a log, and what it leaves in peace: each fault by itself, named by its first row.

import { beforeAll, describe, expect, it } from "vitest";
import { sha256, link } from "../../../../src/audit/record.ts";
import { LogVerifier } from "../../../../src/audit/verify/log.ts";
import { comparePlaces } from "../../../../src/audit/verify/place.ts";
import type { LogFacts, LogSummary } from "../../../../src/audit/verify/log.ts";
import type { EvidenceRow } from "../../../../src/audit/verify/row.ts";
import type { Checkpoint, DayRoot } from "../../../../src/ports/evidence.ts";
import { SignedLog, someSigner, type StoredLog } from "../../../support/signed-log.ts";

const DAY_MS = 86_400_000;
const DAY = Date.UTC(2026, 0, 15);
const signer = someSigner();
const FACTS: LogFacts = {
  keys: [signer.publicKey],
  beginning: { fromMs: DAY - 10 * DAY_MS, cause: "retention" },
  checkpoints: undefined,
};

async function verify(
  log: StoredLog,
  facts: Partial<LogFacts> = {},
  kept: readonly DayRoot[] = [],
): Promise<LogSummary> {
  const verifier = new LogVerifier({ ...FACTS, ...facts });
  const checkpoints = [...log.checkpoints];
  const before = (row: EvidenceRow) => checkpoints[0] && comparePlaces(checkpoints[0], row) < 0;
  for (const row of log.rows) {
    while (before(row)) verifier.checkpoint(await verifier.judge(take(checkpoints)));
    verifier.row(row);
  }
  while (checkpoints.length > 0) verifier.checkpoint(await verifier.judge(take(checkpoints)));
  return verifier.end(log.roots, kept);
}

function take(checkpoints: Checkpoint[]): Checkpoint {
  const [first] = checkpoints.splice(0, 1);
  if (!first) throw new Error("there is none left");
  return first;
}

/** Two days: `a` lives on both, and its end is signed; `b` on the first; `c` is not signed yet. */
let sound: StoredLog;
beforeAll(async () => {
  const log = new SignedLog(signer);
  log.write("a", 6, { fromMs: DAY + 1_000 });
  await log.sign("a", DAY + 60_000);
  log.write("b", 4, { fromMs: DAY + 2_000 });
  await log.sign("b", DAY + 90_000, { isFinal: true });
  log.write("a", 6, { fromMs: DAY + DAY_MS });
  await log.sign("a", DAY + DAY_MS + 60_000, { isFinal: true });
  log.write("c", 3, { fromMs: DAY + DAY_MS });
  await log.seal("2026-01-15");
  await log.seal("2026-01-16");
  sound = log.inOrder;
});

const changed = (chainId: string, seq: number, change: (row: EvidenceRow) => Partial<EvidenceRow>): StoredLog => ({
  ...sound,
  rows: sound.rows.map((row) => (row.chainId === chainId && row.seq === seq ? { ...row, ...change(row) } : row)),
});
const without = (isGone: (row: EvidenceRow) => boolean): StoredLog => ({
  ...sound,
  rows: sound.rows.filter((row) => !isGone(row)),
});
/** Whoever has the database can compute hashes, too: from this row on nothing shows in the rows themselves. */
function rewritten(chainId: string, fromSeq: number): StoredLog {
  let hash = "";
  const rows = sound.rows.map((row) => {
    if (row.chainId !== chainId || row.seq < fromSeq) return row;
    const record = row.record.replace("ctx.get", "ctx.set");
    const prevHash = row.seq === fromSeq ? row.prevHash : hash;
    hash = link(prevHash, record);
    return { ...row, record, prevHash, hash };
  });
  return { ...sound, rows };
}

describe("a log that is as it was written", () => {
  it("is found so, and what is not signed yet is counted", async () => {
    expect(await verify(sound)).toEqual({
      verdict: "ok",
      rows: 19,
      chains: 3,
      checkpoints: 3,
      roots: 2,
      rowsUnsigned: 3,
      chainsUnsigned: 1,
      chainsCut: 0,
      findings: [],
      findingCount: 0,
    });
  });

  it("may be empty", async () => {
    expect(await verify({ rows: [], checkpoints: [], roots: [] })).toMatchObject({ verdict: "ok", chains: 0 });
  });

  it("is the one whose roots were kept elsewhere", async () => {
    expect(await verify(sound, {}, sound.roots)).toMatchObject({ verdict: "ok" });
  });
});

type Case = readonly [string, () => StoredLog, string, object];
const at = (chainId: string, seq: number) => ({ chainId, seq });

const TAMPERED: readonly Case[] = [
  [
    "an edited record",
    () => changed("a", 3, ({ record }) => ({ record: record.replace("ok", "no") })),
    "tampered",
    at("a", 3),
  ],
  [
    "an edited record with its own hash",
    () => changed("a", 3, ({ record, prevHash }) => ({ record: `${record} `, hash: link(prevHash, `${record} `) })),
    "tampered",
    at("a", 4),
  ],
  ["an edited hash", () => changed("b", 2, () => ({ hash: sha256("x") })), "tampered", at("b", 2)],
  ["an edited time", () => changed("b", 2, () => ({ ts: "2026-01-15T00:00:00.000Z" })), "tampered", at("b", 2)],
  ["another event id", () => changed("b", 2, () => ({ eventId: "x" })), "tampered", at("b", 2)],
  ["a column unlike its record", () => changed("b", 2, () => ({ differing: ["actor_id"] })), "tampered", at("b", 2)],
  ["a record that is no JSON", () => changed("c", 2, () => ({ record: "x" })), "tampered", at("c", 2)],
  [
    "a first row that begins another chain",
    () => changed("c", 1, ({ record }) => ({ prevHash: sha256("d"), hash: link(sha256("d"), record) })),
    "tampered",
    at("c", 1),
  ],
  ["a row before the first", () => changed("c", 1, () => ({ seq: 0 })), "tampered", at("c", 0)],
  ["a deleted row", () => without((row) => row.chainId === "a" && row.seq === 4), "gap", at("a", 4)],
  ["deleted rows at the end", () => without((row) => row.chainId === "a" && row.seq > 10), "truncated", at("a", 11)],
  ["deleted rows at the beginning", () => without((row) => row.chainId === "a" && row.seq < 4), "gap", at("a", 1)],
  [
    "deleted rows of a chain that nobody signed",
    () => without((row) => row.chainId === "c" && row.seq < 3),
    "gap",
    at("c", 1),
  ],
  ["a deleted chain", () => without((row) => row.chainId === "b"), "truncated", at("b", 1)],
  ["a rewritten chain", () => rewritten("a", 3), "tampered", at("a", 6)],
  ["a rewritten tail", () => rewritten("a", 9), "tampered", at("a", 12)],
];

describe("what is found in the rows", () => {
  it.each(TAMPERED)("%s", async (_, log, kind, place) => {
    const { findings, verdict } = await verify(log());

    expect(findings[0]).toMatchObject({ kind, ...place });
    expect(verdict).toBe(kind === "tampered" ? "tampered" : "gap");
  });

  it("says of an edited row which one it is", async () => {
    const { findings } = await verify(TAMPERED[0]?.[1]() ?? sound);

    expect(findings).toEqual([
      {
        kind: "tampered",
        chainId: "a",
        seq: 3,
        eventId: "00000000-0000-4000-8000-000000000003",
        ts: "2026-01-15T00:00:03.000Z",
        detail: "row 3: its hash is not that of its record",
      },
    ]);
  });

  it("says of a rewritten tail where it begins at the earliest", async () => {
    const { findings } = await verify(rewritten("a", 9));

    expect(findings[0]?.detail).toBe(
      "the chain was rewritten, from one of the rows 7 to 12 on: row 12 is not the one that was signed at 2026-01-16T00:01:00.000Z",
    );
  });

  it("two rows that have changed places", async () => {
    const rows = sound.rows.map((row) => (row.chainId === "a" && row.seq < 3 ? { ...row, seq: 3 - row.seq } : row));
    const { findings } = await verify({ ...sound, rows: rows.toSorted(comparePlaces) });

    expect(findings.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(findings[0]?.detail).toBe("row 1: seq differs from its record; it does not begin this chain");
  });

  it("a row that is there twice, and nothing of the rows that follow it", async () => {
    const twin = sound.rows.flatMap((row) =>
      row.chainId === "a" && row.seq === 5 ? [{ ...row, eventId: "x" }, row] : [row],
    );
    const { findings } = await verify({ ...sound, rows: twin });

    expect(findings.map(({ kind, seq }) => [kind, seq])).toEqual([
      ["tampered", 5],
      ["duplicate", 5],
    ]);
  });

  it("a row after the chain's end", async () => {
    const log = new SignedLog(signer);
    log.write("a", 2, { fromMs: DAY });
    await log.sign("a", DAY + 5_000, { isFinal: true });
    log.write("a", 1, { fromMs: DAY + 9_000 });

    const { findings } = await verify(log.inOrder);

    expect(findings).toMatchObject([{ kind: "tampered", seq: 3 }]);
  });

  it("the worst decides, and the first of each verdict is kept after a hundred others", async () => {
    const log = new SignedLog(signer);
    for (let index = 0; index < 120; index += 1) log.write(`chain-${1_000 + index}`, 2, { fromMs: DAY });
    const rows = log.rows.filter(({ seq }) => seq > 1);
    const edited = rows.map((row, index) => (index === rows.length - 1 ? { ...row, hash: "" } : row));

    const { findings, findingCount, verdict } = await verify({ ...log.inOrder, rows: edited });

    expect([findings.length, findingCount, verdict]).toEqual([101, 121, "tampered"]);
  });
});

describe("what is found in the checkpoints and roots", () => {
  it("a rewritten chain whose checkpoints are gone", async () => {
    const log = rewritten("a", 2);
    const { findings } = await verify({
      ...log,
      checkpoints: log.checkpoints.filter(({ chainId }) => chainId !== "a"),
    });

    expect(findings).toMatchObject([
      { kind: "root", detail: expect.stringMatching(/^day 2026-01-15: .* there are 1 chains and it was made of 2$/) },
      { kind: "root", detail: expect.stringMatching(/^day 2026-01-16: /) },
    ]);
  });

  it("a rewritten chain whose checkpoints are gone, and all roots with them, by the one that was kept", async () => {
    const log = { ...rewritten("a", 2), checkpoints: [], roots: [] };
    expect(await verify(log)).toMatchObject({ verdict: "ok" });

    const { findings } = await verify(log, {}, sound.roots.slice(0, 1));

    expect(findings.map(({ kind, detail }) => [kind, detail])).toEqual([
      ["root", "day 2026-01-15: a root of it was kept, and none is stored any more"],
      ["root", expect.stringContaining("the kept root is not that of the checkpoints that are there")],
    ]);
  });

  it("a root in whose place there is another, by the one that was kept", async () => {
    const other = new SignedLog(signer);
    await other.seal("2026-01-15");
    const { findings } = await verify({ rows: [], checkpoints: [], roots: other.roots }, {}, sound.roots.slice(0, 1));

    expect(findings[0]).toMatchObject({
      kind: "root",
      detail: "day 2026-01-15: the root that is stored is not the one that was kept",
    });
  });

  it("a root that is missing between two", async () => {
    const log = new SignedLog(signer);
    for (const index of [0, 1, 2]) {
      log.write("a", 1, { fromMs: DAY + index * DAY_MS });
      await log.sign("a", DAY + index * DAY_MS + 60_000);
      await log.seal(new Date(DAY + index * DAY_MS).toISOString().slice(0, 10));
    }

    const { findings } = await verify({ ...log.inOrder, roots: log.roots.filter(({ day }) => day !== "2026-01-16") });

    expect(findings).toMatchObject([
      { kind: "root", detail: expect.stringMatching(/^day 2026-01-17: .* that of 2026-01-15/) },
    ]);
  });

  it("a first root that was not the first", async () => {
    const { findings } = await verify({ ...sound, roots: sound.roots.slice(1) });

    expect(findings).toMatchObject([{ kind: "root", detail: expect.stringMatching(/builds on an earlier one/) }]);
  });

  it.each<readonly [string, (checkpoint: Checkpoint) => Partial<Checkpoint>, string, string]>([
    ["a signature of something else", () => ({ signature: "A".repeat(86) }), "signature", "tampered"],
    ["no signature at all", () => ({ signature: "" }), "signature", "tampered"],
    ["another hash than was signed", () => ({ hash: sha256("x") }), "signature", "tampered"],
    ["a statement that says nothing", () => ({ statement: "{}" }), "signature", "tampered"],
  ])("%s", async (_, change, kind, verdict) => {
    const [first, ...rest] = sound.checkpoints;
    const log = { ...sound, checkpoints: first ? [{ ...first, ...change(first) }, ...rest] : [] };

    const summary = await verify(log);

    expect(summary.verdict).toBe(verdict);
    expect(summary.findings[0]).toMatchObject({ kind, chainId: "a", seq: 6 });
  });

  it("a chain that is rewritten and signed with another key", async () => {
    const forger = new SignedLog(someSigner());
    forger.write("a", 6, { fromMs: DAY + 1_000, tool: "ctx.set" });
    await forger.sign("a", DAY + 60_000);
    const [, ...others] = sound.checkpoints;

    const claimed = forger.checkpoints.map((checkpoint) => ({ ...checkpoint, kid: signer.publicKey.kid }));
    const summary = await verify({ ...sound, checkpoints: [...claimed, ...others] });
    expect(summary).toMatchObject({ verdict: "tampered", findings: [{ kind: "signature", seq: 6 }, { kind: "root" }] });

    const honest = await verify({ ...sound, checkpoints: [...forger.checkpoints, ...others] });
    expect(honest).toMatchObject({
      verdict: "tampered",
      findings: [{ kind: "tampered", seq: 6 }, { kind: "incomplete" }, { kind: "root" }],
    });
  });

  it("keys that are not there make it incomplete: nothing is wrong, and nothing is proven", async () => {
    expect(await verify(sound, { keys: [] })).toMatchObject({
      verdict: "incomplete",
      findings: [{ kind: "incomplete", seq: 6 }, { kind: "incomplete" }, { kind: "incomplete" }],
    });
  });

  it("a chain with a twin: two checkpoints of one row that differ", async () => {
    const twin = new SignedLog(signer);
    twin.write("a", 6, { fromMs: DAY + 1_000, tool: "ctx.set" });
    await twin.sign("a", DAY + 61_000, { isFinal: true });
    const { findings } = await verify({
      rows: [],
      roots: [],
      checkpoints: [...sound.checkpoints.slice(0, 1), ...twin.checkpoints],
    });

    expect(findings[0]?.detail).toContain("the chain has a twin");
  });
});

describe("rows that are no longer there", () => {
  const dropped = { beginning: { fromMs: DAY + DAY_MS, cause: "retention" } } as const;
  const ofSecondDay = () => without((row) => row.ts < "2026-01-16");

  it("are fine when their day was dropped and a checkpoint says what stood there", async () => {
    expect(await verify(ofSecondDay(), dropped)).toMatchObject({ verdict: "ok", chainsCut: 1, chains: 3 });
  });

  it("are a gap when no checkpoint does", async () => {
    const log = ofSecondDay();
    const { findings } = await verify(
      { ...log, checkpoints: log.checkpoints.filter(({ chainId }) => chainId !== "a"), roots: [] },
      dropped,
    );

    expect(findings).toMatchObject([
      { kind: "gap", chainId: "a", seq: 1, detail: expect.stringMatching(/no signed checkpoint/) },
    ]);
  });

  it("must fit to the checkpoint that stands at the boundary", async () => {
    const log = ofSecondDay();
    const rows = log.rows.map((row) =>
      row.chainId === "a" && row.seq === 7
        ? { ...row, prevHash: sha256("x"), hash: link(sha256("x"), row.record) }
        : row,
    );
    const { findings } = await verify({ ...log, rows }, dropped);

    expect(findings[0]).toMatchObject({ kind: "tampered", seq: 7, detail: "row 7: it does not build on row 6" });
  });

  it("are a gap when they were younger than the boundary", async () => {
    const { findings } = await verify(
      without((row) => row.chainId === "a" && row.seq < 9),
      { beginning: { fromMs: DAY, cause: "retention" } },
    );

    expect(findings).toMatchObject([
      { kind: "gap", chainId: "a", seq: 7, detail: expect.stringMatching(/rows 7 to 8 are missing/) },
    ]);
  });

  it("may lie outside of the range that was chosen", async () => {
    const chosen = { fromMs: DAY + DAY_MS, toMs: DAY + 2 * DAY_MS };
    const log = ofSecondDay();
    const checkpoints = log.checkpoints.filter(({ tsMs }) => tsMs >= chosen.fromMs);

    expect(
      await verify(
        { ...log, checkpoints },
        { beginning: { fromMs: chosen.fromMs, cause: "chosen" }, checkpoints: chosen },
      ),
    ).toMatchObject({ verdict: "ok", chainsCut: 1 });
  });
});
