// The log as a file: what is written can be read, and what was cut, changed or put together is found out.

import { describe, expect, it } from "vitest";
import { ArchiveReader, ArchiveWriter } from "../../../src/audit/ndjson.ts";
import { Archived } from "../../support/archived.ts";
import { START_MS } from "../../support/clock.ts";
import type { ArchiveLine } from "../../../src/audit/ndjson.ts";

const SIGNED = { statement: '{"a":"\\u0000"}', kid: "k", signature: "s" };

function file(): readonly string[] {
  const writer = new ArchiveWriter();
  const archived = new Archived();
  const rows = [...archived.chain("B", [START_MS, START_MS]), ...archived.chain("a", [START_MS])];
  return [
    writer.begin({ fromMs: START_MS, toMs: START_MS + 1 }, START_MS),
    ...rows.map((row) => writer.row(row)),
    writer.checkpoint(SIGNED),
    writer.root(SIGNED),
    writer.end(),
  ];
}

function read(lines: readonly string[]) {
  const reader = new ArchiveReader();
  const seen: ArchiveLine[] = [];
  for (const line of lines) {
    const result = reader.read(line.replace(/\n$/, ""));
    if (!result.ok) return result;
    seen.push(result.value);
  }
  const closed = reader.close();
  return closed.ok ? { ok: true, value: closed.value, seen } : closed;
}

describe("a file", () => {
  it("is read as it was written", () => {
    const result = read(file());

    expect(result).toMatchObject({ ok: true, value: { rows: 3, checkpoints: 1, roots: 1 } });
    expect(result).toMatchObject({
      seen: [
        { kind: "manifest", format: "gatehouse-audit/1" },
        { kind: "row", chain_id: "B", seq: 1 },
        { kind: "row", chain_id: "B", seq: 2 },
        { kind: "row", chain_id: "a", seq: 1 },
        { kind: "checkpoint", ...SIGNED },
        { kind: "root", ...SIGNED },
        { kind: "end" },
      ],
    });
  });

  it("says of each line first what it is, and ends each with a newline", () => {
    for (const line of file()) expect(line).toMatch(/^\{"kind":"[a-z]+",.*\}\n$/);
  });

  it("may be empty", () => {
    const writer = new ArchiveWriter();

    expect(read([writer.begin({ fromMs: 0, toMs: 1 }, 2), writer.end()])).toMatchObject({ ok: true });
  });

  const without = (index: number) => file().toSpliced(index, 1);
  const swapped = (index: number) => {
    const [one = "", other = ""] = file().slice(index, index + 2);
    return file().toSpliced(index, 2, other, one);
  };

  it.each([
    ["nothing", [], 0, "cut off"],
    ["no manifest", without(0), 1, "manifest"],
    ["a row missing", without(2), 6, "lines are missing"],
    ["a checkpoint missing", without(4), 6, "lines are missing"],
    ["no end", file().slice(0, -1), 6, "cut off"],
    ["rows in another order", swapped(1), 3, "out of order"],
    ["chains in another order", swapped(2), 4, "out of order"],
    ["a checkpoint among rows", swapped(3), 5, '"row" does not stand here'],
    ["a second manifest", [...file().slice(0, 2), ...file()], 3, "manifest"],
    ["more after its end", [...file(), file()[1] ?? ""], 8, '"row" does not stand here'],
    ["a second end", [...file(), ...file().slice(-1)], 8, '"end" does not stand here'],
    ["a changed row", file().map((line) => line.replace("tool.call", "tool.CALL")), 7, "the file was changed"],
    ["another format", file().map((line) => line.replace("audit/1", "audit/2")), 1, "no line of this format"],
    ["no JSON", file().toSpliced(3, 1, "{"), 4, "no line of this format"],
    ["an unknown line", file().toSpliced(3, 1, '{"kind":"else"}'), 4, "no line of this format"],
  ] as const)("with %s is damaged, and it is said where", (_, lines, line, message) => {
    expect(read(lines)).toMatchObject({
      ok: false,
      error: { kind: "damaged_file", line, message: expect.stringContaining(message) },
    });
  });

  it("stays damaged, whatever follows", () => {
    const reader = new ArchiveReader();
    reader.read("{");

    for (const line of file()) expect(reader.read(line.trimEnd())).toMatchObject({ ok: false, error: { line: 1 } });
    expect(reader.close()).toMatchObject({ ok: false, error: { line: 1 } });
  });
});
