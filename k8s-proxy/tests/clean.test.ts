// What is left of text from a cluster that was written to mislead a terminal, a person or a model.
import { describe, expect, it } from "vitest";
import { clean } from "../src/clean.ts";

const ESC = "\u001b";

describe("clean", () => {
  it.each([
    ["colours", `${ESC}[31mred${ESC}[0m`, "red"],
    ["a cursor that goes back", `safe${ESC}[2K${ESC}[1Gforged`, "safeforged"],
    ["eight-bit control sequences", "\u009b31mred", "red"],
    ["a window title with its bell", `${ESC}]0;title\u0007text`, "text"],
    ["a link with its terminator", `${ESC}]8;;http://example.com${ESC}\\text${ESC}]8;;${ESC}\\`, "text"],
    ["an unfinished string sequence, but not the text after it", `${ESC}]0;text`, "0;text"],
    ["NUL, backspace and delete", "a\0b\bc\u007fd", "abcd"],
    ["zero-width characters", "a\u200bb\u200cc\u200dd\ufeffe\u2060f", "abcdef"],
    ["bidirectional overrides and isolates", "\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"],
    ["tag characters that spell hidden orders", "ok\u{e0069}\u{e0067}\u{e006e}", "ok"],
    ["variation selectors that carry hidden bytes", "ok\ufe0f\u{e0100}\u{e01ef}", "ok"],
    ["soft hyphens and Hangul fillers", "a\u00adb\u3164c", "abc"],
    ["lone surrogates", "a\ud800b", "ab"],
  ])("strips %s", (_, text, expected) => {
    expect(clean(text, 100)).toBe(expected);
  });

  it("makes one line of many", () => {
    expect(clean("first\r\n\tsecond\u2028third", 100)).toBe("first second third");
  });

  it("leaves ordinary text of any script alone", () => {
    const text = 'Grüße, 世界 – שלום 🚀 {"a": 1}';

    expect(clean(text, 100)).toBe(text);
  });

  it("marks a cut and never leaves half a character", () => {
    expect(clean("abcdef", 4)).toBe("abc…");
    expect(clean("ab🚀def", 4)).toBe("ab…");
  });

  it("takes no more than a moment over a huge hostile text", () => {
    // By what this process has worked: what else the machine does is not its fault.
    const before = process.cpuUsage();

    for (const unit of [`${ESC}]`, "\u009d", `${ESC}[`, "\u009b0"]) clean(unit.repeat(1_000_000), 300);

    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1000);
  });
});
