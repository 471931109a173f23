// Days as files: whole, once, with what came late in files of their own, whatever breaks on the way.

import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { keep } from "../../../../src/audit/keeper/keep.ts";
import { startOf } from "../../../../src/audit/days.ts";
import { ArchiveReader } from "../../../../src/audit/ndjson.ts";
import { err } from "../../../../src/result.ts";
import { DOWN } from "../../../support/archived.ts";
import { keepingOf } from "../../../support/keeping.ts";

const DAY = "2026-03-01";
const DAY_MS = 86_400_000;
const dayMs = startOf(DAY);

let world: ReturnType<typeof keepingOf>;
beforeEach(() => {
  world = keepingOf();
  world.setTime(dayMs + 1.5 * DAY_MS);
});

/** The rows in a file, each as its chain and its number, once the file is known to be whole. */
function rowsIn(name: string): readonly string[] {
  const reader = new ArchiveReader();
  const lines = (world.bucket.files.get(name) ?? "").trimEnd().split("\n");
  const read = lines.map((line) => reader.read(line));
  expect(reader.close()).toMatchObject({ ok: true });
  return read.flatMap((line) =>
    line.ok && line.value.kind === "row" ? [`${line.value.chain_id} ${line.value.seq}`] : [],
  );
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const sumOf = (file: string) =>
  z.object({ sha256: z.string() }).parse(JSON.parse(world.bucket.files.get(`audit/${file}.manifest.json`) ?? ""))
    .sha256;
const names = () => [...world.bucket.files.keys()].filter((name) => name.endsWith(".ndjson")).toSorted();

describe("a day", () => {
  it("is written whole, with its checkpoints and its root, and what it hashes to is beside it", async () => {
    world.archived.chain("b", [dayMs, dayMs + DAY_MS - 1, dayMs + DAY_MS]);
    world.archived.chain("a", [dayMs - 1, dayMs]);
    world.archived.checkpoint({ chainId: "b", seq: 2, tsMs: dayMs });
    world.archived.checkpoint({ chainId: "b", seq: 1, tsMs: dayMs });

    await keep(world.keeping);

    expect(rowsIn(`audit/${DAY}.ndjson`)).toEqual(["a 2", "b 1", "b 2"]);
    const text = world.bucket.files.get(`audit/${DAY}.ndjson`) ?? "";
    expect(text.split("\n").map((line) => /"kind":"(\w+)"/.exec(line)?.[1])).toEqual([
      "manifest",
      "row",
      "row",
      "row",
      "checkpoint",
      "checkpoint",
      "root",
      "end",
      undefined,
    ]);
    expect(JSON.parse(world.bucket.files.get(`audit/${DAY}.manifest.json`) ?? "")).toEqual({
      day: DAY,
      rows: 3,
      checkpoints: 2,
      root: world.archived.roots[0]?.root,
      sha256: sha256(text),
    });
  });

  it("is written in pages, and the rows of one moment are all there", async () => {
    world.archived.chain(
      "c",
      Array.from({ length: 1_201 }, () => dayMs),
    );

    await keep(world.keeping);

    expect(rowsIn(`audit/${DAY}.ndjson`)).toHaveLength(1_201);
  });

  it("waits for its root, where there are any", async () => {
    world.archived.chain("c", [dayMs]);
    world.archived.checkpoint({ chainId: "c", seq: 1, tsMs: dayMs });
    const { putRoot } = world.archived.evidence;
    await keep({ ...world.keeping, evidence: { putRoot: () => Promise.reject(new Error("a bug")) } });
    expect(names()).toEqual([]);

    await keep({ ...world.keeping, evidence: { putRoot } });

    expect(names()).toEqual([`audit/${DAY}.ndjson`]);
  });

  it("from before anything was signed is written without a root, from the oldest on, and none is left out", async () => {
    world.archived.chain("c", [dayMs - 2 * DAY_MS, dayMs]);

    await keep(world.keeping);

    expect(names()).toEqual(["audit/2026-02-27.ndjson", "audit/2026-02-28.ndjson", `audit/${DAY}.ndjson`]);
    expect(rowsIn("audit/2026-02-28.ndjson")).toEqual([]);
    expect(JSON.parse(world.bucket.files.get(`audit/${DAY}.manifest.json`) ?? "")).toMatchObject({ root: null });
  });

  it("is written once", async () => {
    world.archived.chain("c", [dayMs]);
    await keep(world.keeping);
    world.bucket.files.clear();

    await keep(world.keeping);

    expect(names()).toEqual([]);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    "is finished the next time when the bucket takes only %i of what is written",
    async (writes) => {
      world.archived.chain("c", [dayMs]);
      world.bucket.writesLeft = writes;
      await keep(world.keeping);
      expect(world.progress.get("filed")).toBeUndefined();
      world.bucket.writesLeft = Infinity;
      world.setTime(world.archived.nowMs + 900_000);
      world.archived.chain("late", [dayMs], world.archived.nowMs - 120_000);

      await keep(world.keeping);

      expect(rowsIn(`audit/${DAY}.ndjson`)).toEqual(["c 1"]);
      expect(sumOf(DAY)).toBe(sha256(world.bucket.files.get(`audit/${DAY}.ndjson`) ?? ""));
      expect(world.progress.get("filed")).toMatchObject({ day: DAY });
    },
  );

  it("is not written again when only the note that it was is lost", async () => {
    world.archived.chain("c", [dayMs]);
    await keep(world.keeping);
    const files = new Map(world.bucket.files);
    world.progress.kept.delete("filed");
    world.progress.kept.delete("published roots");

    await keep(world.keeping);

    expect(world.bucket.files).toEqual(files);
    expect(world.progress.get("filed")).toMatchObject({ day: DAY });
  });

  it("leaves no half of a file behind when Postgres goes away in the middle", async () => {
    world.archived.chain("c", [dayMs]);
    const archive = { ...world.archived.archive, checkpointsOfDay: () => Promise.resolve(err(DOWN)) };
    await keep({ ...world.keeping, archive });
    expect([names(), world.bucket.abandoned]).toEqual([[], 1]);

    await keep(world.keeping);

    expect(names()).toEqual([`audit/${DAY}.ndjson`]);
  });
});

describe("rows that come when their day is written", () => {
  const arriveLate = (chainId: string, times: readonly number[]) =>
    world.archived.chain(chainId, times, world.archived.nowMs - 30_000);
  const nextDay = () => world.setTime(world.archived.nowMs + DAY_MS);

  beforeEach(async () => {
    world.archived.chain("c", [dayMs]);
    await keep(world.keeping);
  });

  it("are filed apart with the next day, each day's in a file of its own, and once", async () => {
    arriveLate("late", [dayMs, dayMs + 1, dayMs - DAY_MS]);
    arriveLate("not late", [dayMs + DAY_MS]);
    nextDay();

    await keep(world.keeping);
    nextDay();
    arriveLate("later", [dayMs]);
    nextDay();
    await keep(world.keeping);

    expect(rowsIn(`audit/${DAY}.ndjson`)).toEqual(["c 1"]);
    expect(rowsIn(`audit/${DAY}.late-1.ndjson`)).toEqual(["late 1", "late 2"]);
    expect(rowsIn("audit/2026-02-28.late-1.ndjson")).toEqual(["late 3"]);
    expect(rowsIn("audit/2026-03-02.ndjson")).toEqual(["not late 1"]);
    expect(names()).not.toContain("audit/2026-03-02.late-1.ndjson");
    expect(rowsIn(`audit/${DAY}.late-2.ndjson`)).toEqual(["later 1"]);
    expect(world.bucket.files.has(`audit/${DAY}.late-2.manifest.json`)).toBe(true);
  });

  it("are filed under the same name when the round did not come to its end", async () => {
    arriveLate("late", [dayMs]);
    nextDay();
    world.bucket.writesLeft = 8;
    await keep(world.keeping);
    world.bucket.writesLeft = Infinity;

    await keep(world.keeping);

    expect(names()).toEqual([`audit/${DAY}.late-1.ndjson`, `audit/${DAY}.ndjson`, "audit/2026-03-02.ndjson"]);
    expect(rowsIn(`audit/${DAY}.late-1.ndjson`)).toEqual(["late 1"]);
  });
});
