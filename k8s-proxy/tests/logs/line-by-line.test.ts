// The small steps that every line takes: cut out of bytes, dated, made safe, given a level, masked.
import { describe, expect, it } from "vitest";
import { levelOf } from "../../src/logs/level.ts";
import { MAX_READ_LENGTH } from "../../src/logs/limits.ts";
import { momentReader } from "../../src/logs/log-moment.ts";
import { safeLines } from "../../src/logs/safe-lines.ts";
import { lineSplitter } from "../../src/logs/split-lines.ts";
import { templateOf } from "../../src/logs/template.ts";
import { Timeline } from "../../src/logs/timeline.ts";
import { redact } from "../../src/redact/redact.ts";
import { seeded } from "../../../tests/support/seeded.ts";
import { privateKey } from "../redact/planted.ts";

describe("bytes", () => {
  const split = (bytes: Uint8Array, size: number) => {
    const lines: string[] = [];
    const splitter = lineSplitter((line) => lines.push(line));
    for (let from = 0; from < bytes.length; from += size) splitter.push(bytes.subarray(from, from + size));
    return [...lines, splitter.end()];
  };

  it.each([1, 2, 3, 5, 7, 1_000])("come out as the same lines, cut into pieces of %j", (size) => {
    const text = "erste Zeile\n\n日本語の行\n🚀 emoji\r\nlast without an end";

    expect(split(Buffer.from(text), size)).toEqual(text.split("\n"));
  });

  it.each([1, 4_096, 1_000_000])("of a line without an end are kept up to a limit, in pieces of %j", (size) => {
    const bytes = Buffer.from(`${"x".repeat(MAX_READ_LENGTH * 3)}\nnext\n`);

    expect(split(bytes, size)).toEqual(["x".repeat(MAX_READ_LENGTH), "next", ""]);
  });

  it("that are no UTF-8 spoil no other line", () => {
    expect(split(Buffer.from([0x61, 0xff, 0x0a, 0x62]), 1)).toEqual(["a\ufffd", "b"]);
  });
});

describe("the moment before a line", () => {
  it.each([
    ["2026-11-23T02:00:00.097870703Z", "2026-11-23T02:00:00.097Z"],
    ["2026-11-23T02:00:00Z", "2026-11-23T02:00:00.000Z"],
    ["2026-11-23T03:00:00.5+01:00", "2026-11-23T02:00:00.500Z"],
    ["2026-11-23T02:00:00.999999999Z", "2026-11-23T02:00:00.999Z"],
  ])("%s is read", (word, moment) => {
    const read = momentReader();
    const first = read(word);

    expect(new Date(first ?? 0).toISOString()).toBe(moment);
    expect(read(word)).toBe(first);
  });

  it.each(["", "INFO", "2026-11-23", "2026-13-45T99:00:00Z", "2026-11-23T02:00:00", "unable"])("%j is none", (word) => {
    expect(momentReader()(word)).toBeUndefined();
  });
});

describe("a level", () => {
  it.each([
    ['{"level":"warn","msg":"error rate"}', "warn"],
    ['{"ts":1,"severity":"ERROR"}', "error"],
    ['{"level":30,"msg":"pino"}', "info"],
    ['{"level":50,"msg":"pino"}', "error"],
    ["ts=1 level=debug msg=x", "debug"],
    ['time="x" level="fatal" msg="no"', "error"],
    ["E1123 02:11:26.000000       1 controller.go:114] cannot", "error"],
    ["W1123 02:11:26.000000       1 controller.go:114] ERROR in the text", "warn"],
    ["[ERROR] down", "error"],
    ["2026-11-23 01:10:02.789 ERROR 1 --- [main] app : failed", "error"],
    ["2026-11-23T01:00:00Z WARN request", "warn"],
    ["WARNING: old", "warn"],
    ["TRACE enter", "debug"],
    ["FATAL exiting", "error"],
    ["panic: runtime error", "error"],
    ["error: no such file", "error"],
    ["INFO no ERROR found", "info"],
    ["no errors found", "unknown"],
    ["ERRORS=0", "unknown"],
    ["GET /info/error 200", "unknown"],
    ["", "unknown"],
  ])("of %s is %s", (line, level) => {
    expect(levelOf(line)).toBe(level);
  });
});

describe("a line made safe", () => {
  it("shows nothing of a private key, however many lines it has and wherever the reading begins in it", () => {
    const { lines, body } = privateKey(seeded(3));

    for (let from = 0; from < lines.length; from++) {
      const safe = safeLines(redact);
      const shown = [...lines.slice(from), "INFO and then"].map(safe);

      expect(shown.at(-1)).toBe("INFO and then");
      for (const part of body) expect(shown.join("\n")).not.toContain(part.slice(0, 8));
    }
  });

  it("that is too long to be read whole ends before the word that was cut", () => {
    const secret = "a7".repeat(40);
    const line = `${"word ".repeat(3_270)}password=${secret}`.slice(0, MAX_READ_LENGTH);

    expect(safeLines(redact)(line)).not.toMatch(/a7|password/);
  });
});

describe("a template", () => {
  it.each([
    ["GET /items/17 took 3.5ms", "GET /items/<n> took <n>ms"],
    ["2026-11-23T01:00:00Z WARN request id=1000 from 10.1.2.3:8080", "<time> WARN request id=<n> from <ip>"],
    ["pod web-5b457f48d9-t8h4w killed", "pod <id> killed"],
    ["trace 0000000000000000000000000000002a, at 0xdeadbeef", "trace <id>, at <id>"],
    ["user 210d9bed-6401-4c25-b6f6-f05fccee8d4c left", "user <id> left"],
    ["cannot open \"/etc/x y\" for 'root'", "cannot open <text> for <text>"],
    [
      'level=error msg="order 17 failed" err="no answer" key="x y"',
      "level=error msg=order <n> failed err=no answer key=<text>",
    ],
    [
      'E1123 02:11:26.0 1 store.go:152] "Query failed" err="late" product=7',
      "E<n> <time> <n> store.go:<n>] Query failed err=late product=<n>",
    ],
    ["it can't be, it won't be", "it can't be, it won't be"],
    ["password=[REDACTED:secret] sent", "password=<secret> sent"],
    ['{"level":"warn","ts":17,"msg":"handled request 38"}', "level=warn msg=handled request <n>"],
    ['{"a":1,"b":2}', "{a:<n>,b:<n>}"],
  ])("of %s is %s", (line, template) => {
    expect(templateOf(line)).toBe(template);
  });
});

describe("the lines over time", () => {
  it("are drawn in thirty steps at most, and those without any are left out", () => {
    const timeline = new Timeline();
    for (let minute = 0; minute < 240; minute += 2) timeline.add(minute * 60_000, minute < 10 ? "error" : "info");

    const buckets = timeline.buckets();

    expect(buckets).toHaveLength(24);
    expect(buckets[0]).toEqual({ t: "1970-01-01T00:00:00.000Z", total: 5, error: 5 });
    expect(buckets.reduce((sum, { total }) => sum + total, 0)).toBe(120);
  });

  it("are none where there was no line", () => {
    expect(new Timeline().buckets()).toEqual([]);
  });
});
