// The lines of a dry run, taken apart where that is certain and left alone where it is not.

import { describe, expect, it } from "vitest";
import { diffLines } from "../../src/approvals/diff-lines.ts";

const lines = (...diff: string[]) => diffLines({ diff, before: {}, after: {} });

describe("a line", () => {
  it("is a path, what was and what will be", () => {
    expect(lines("spec.replicas: 8 → 12")).toEqual([{ path: "spec.replicas", before: "8", after: "12" }]);
  });

  it("may have colons in its values", () => {
    expect(lines("image: a.example/x:1 → a.example/x:2")).toEqual([
      { path: "image", before: "a.example/x:1", after: "a.example/x:2" },
    ]);
  });

  it.each(["restarts everything", "a → b", "note: x → y → z", ": a → b"])("like %j is shown as it is", (line) => {
    expect(lines(line)).toEqual([{ whole: line }]);
  });
});

describe("a dry run without lines", () => {
  it("shows what differs before and after", () => {
    const shown = diffLines({
      diff: [],
      before: { replicas: 8, paused: false, gone: 1 },
      after: { replicas: 12, paused: false, gone: null },
    });

    expect(shown).toEqual([
      { path: "replicas", before: "8", after: "12" },
      { path: "gone", before: "1", after: "not set" },
    ]);
  });
});
