// The log in files: written, packed, cut and changed, and what verification says of each.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesSource } from "../../dev/audit/files-source.ts";
import { Unreadable, UsageError } from "../../dev/audit/source.ts";
import { verifySource } from "../../dev/audit/walk.ts";
import { ArchiveWriter } from "../../src/audit/ndjson.ts";
import { SignedLog, someSigner, type StoredLog } from "../support/signed-log.ts";

const DAY_MS = 86_400_000;
const DAY = Date.UTC(2026, 0, 15);
const SPAN = { fromMs: DAY, toMs: DAY + 2 * DAY_MS };
const signer = someSigner();
const folder = mkdtempSync(join(tmpdir(), "gatehouse-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let log: StoredLog;
beforeAll(async () => {
  const made = new SignedLog(signer);
  made.write("a", 6, { fromMs: DAY });
  await made.sign("a", DAY + 60_000);
  made.write("b", 3, { fromMs: DAY });
  await made.sign("b", DAY + 60_000, { isFinal: true });
  made.write("a", 4, { fromMs: DAY + DAY_MS });
  await made.sign("a", DAY + DAY_MS + 60_000);
  await made.seal("2026-01-15");
  await made.seal("2026-01-16");
  log = made.inOrder;
});

function textOf({ rows, checkpoints, roots }: StoredLog, span = SPAN): string {
  const writer = new ArchiveWriter();
  return [
    writer.begin(span, DAY),
    ...rows.map((row) => writer.row(row)),
    ...checkpoints.map((checkpoint) => writer.checkpoint(checkpoint)),
    ...roots.map((root) => writer.root(root)),
    writer.end(),
  ].join("");
}

/** Of one day alone, as the archive has it. */
function ofDay(index: number, part: Partial<StoredLog> = {}): string {
  const span = { fromMs: DAY + index * DAY_MS, toMs: DAY + (index + 1) * DAY_MS };
  const isWithin = (atMs: number) => atMs >= span.fromMs && atMs < span.toMs;
  const rows = log.rows.filter(({ ts }) => isWithin(Date.parse(ts)));
  const checkpoints = log.checkpoints.filter(({ tsMs }) => isWithin(tsMs));
  return textOf({ rows, checkpoints, roots: log.roots.slice(index, index + 1), ...part }, span);
}

let files = 0;
function fileOf(content: string | Buffer): string {
  const path = join(folder, `${(files += 1)}.ndjson`);
  writeFileSync(path, content);
  return path;
}

async function verify(...contents: readonly (string | Buffer)[]) {
  const source = await filesSource(contents.map(fileOf));
  try {
    return await verifySource(source, { keys: [signer.publicKey], roots: [] });
  } finally {
    await source.close();
  }
}

const lines = (text: string) => text.trimEnd().split("\n");
const without = (text: string, isGone: (line: string) => boolean) =>
  lines(text)
    .filter((line) => !isGone(line))
    .map((line) => `${line}\n`)
    .join("");

describe("a file that is whole", () => {
  it("is well, packed or not", async () => {
    const well = { verdict: "ok", rows: 13, chains: 2, checkpoints: 3, roots: 2, rowsUnsigned: 0 };

    expect(await verify(textOf(log))).toMatchObject(well);
    expect(await verify(gzipSync(textOf(log)))).toMatchObject(well);
  });

  it("may be one of several, each of a day", async () => {
    expect(await verify(ofDay(1), ofDay(0))).toMatchObject({ verdict: "ok", rows: 13, chainsCut: 0 });
    expect(await verify(ofDay(1))).toMatchObject({ verdict: "ok", rows: 4, chainsCut: 1 });
  });

  it("may be added to by one of rows that came late, and may say the same as another", async () => {
    const rows = log.rows.filter(({ ts }) => ts < "2026-01-16");
    const [main, late] = [rows.filter(({ seq }) => seq !== 3), rows.filter(({ seq }) => seq === 3)];

    expect(await verify(ofDay(0, { rows: main }), ofDay(0, { rows: late }), ofDay(1))).toMatchObject({
      verdict: "ok",
      rows: 13,
    });
    expect(await verify(ofDay(0), textOf(log))).toMatchObject({ verdict: "ok", rows: 13, checkpoints: 3, roots: 2 });
  });

  it("may hold nothing", async () => {
    expect(await verify(textOf({ rows: [], checkpoints: [], roots: [] }))).toMatchObject({ verdict: "ok", rows: 0 });
  });

  it("is read in pieces, wherever they end", async () => {
    const long = new SignedLog(signer);
    for (let index = 0; index < 40; index += 1)
      long.write(`chain-${100 + index}`, 100, { fromMs: DAY, params: { text: "ü\u{1F6F0}".repeat(index * 3) } });
    for (let index = 0; index < 40; index += 1) await long.sign(`chain-${100 + index}`, DAY + 600_000);
    const text = textOf(long.inOrder);

    expect(Buffer.byteLength(text)).toBeGreaterThan(2 * 1024 ** 2);
    expect(await verify(text)).toMatchObject({ verdict: "ok", rows: 4_000, checkpoints: 40, rowsUnsigned: 0 });
  });
});

describe("a file that is not", () => {
  it.each<readonly [string, (text: string) => string, string, RegExp]>([
    [
      "without its end line",
      (text) => without(text, (line) => line.includes('"kind":"end"')),
      "incomplete",
      /was cut off/,
    ],
    ["cut in a row", (text) => text.slice(0, text.indexOf("row", 5_000) + 40), "incomplete", /was cut off/],
    [
      "without a checkpoint",
      (text) =>
        without(text, (line) => line.includes("2026-01-16T00:01:00.000Z") && line.includes("gatehouse-checkpoint")),
      "tampered",
      /its end line counts/,
    ],
    [
      "with another digest",
      (text) => text.replace(/"sha256":"../, '"sha256":"00'),
      "incomplete",
      /was changed since it was written/,
    ],
    [
      "with a line of another kind",
      (text) => text.replace('{"kind":"row"', '{"kind":"raw"'),
      "incomplete",
      /line 2 is no row/,
    ],
    [
      "with rows that have changed places",
      (text) => {
        const all = lines(text);
        return [all[0], all[2], all[1], ...all.slice(3), ""].join("\n");
      },
      "incomplete",
      /line 3 is out of order/,
    ],
    [
      "with an edited row",
      (text) => text.replace("ctx.get", "ctx.set"),
      "tampered",
      /row 1: its hash is not that of its record/,
    ],
    [
      "with a row less",
      (text) => without(text, (line) => line.includes('"chain_id":"a","seq":3,"ts"')),
      "gap",
      /row 3 is missing/,
    ],
  ])("%s", async (_, change, verdict, detail) => {
    const summary = await verify(change(textOf(log)));

    expect(summary.verdict).toBe(verdict);
    expect(summary.findings.map((finding) => finding.detail)).toContainEqual(expect.stringMatching(detail));
  });

  it("is not taken for one when it is something else", async () => {
    await expect(verify("hello\n")).rejects.toThrow(Unreadable);
    await expect(verify("")).rejects.toThrow(Unreadable);
    await expect(verify(Buffer.concat([gzipSync(textOf(log)).subarray(0, 400)]))).rejects.toThrow(
      /could not be unpacked/,
    );
    await expect(filesSource([join(folder, "none")])).rejects.toThrow(/there is no file/);
  });

  it("is refused beside another when there is a time between them", async () => {
    const later = ofDay(3, { rows: [], checkpoints: [], roots: [] });

    await expect(verify(ofDay(0), later)).rejects.toThrow(UsageError);
  });
});
