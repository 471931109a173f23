// What the operator's log says of a bug: enough to find it, and nothing that must not be there.

import { describe, expect, it } from "vitest";
import { causeOf } from "../../src/log.ts";

describe("a cause", () => {
  it("is named, with its message and the one place where it arose", () => {
    const cause = causeOf(new TypeError("cannot read 'x'"));

    expect(cause).toMatchObject({ error: "TypeError", message: "cannot read 'x'" });
    expect(cause.at).toMatch(/log\.test\.ts/);
    expect(JSON.stringify(cause)).not.toContain("\\n");
  });

  it.each([
    ["a key of ours", `ghk_${"a".repeat(16)}_${"S3cr".repeat(11)}`],
    ["a JWT", `eyJ${"hbGc".repeat(8)}.eyJ${"zdWI".repeat(8)}.sig`],
    ["encoded data", "QUJD".repeat(20)],
  ])("never repeats %s that the message quotes", (_what, secret) => {
    const { message } = causeOf(new Error(`could not use ${secret} here`));

    expect(message).toBe("could not use […] here");
  });

  it("that is no error is only typed: it may be anything", () => {
    expect(causeOf("hunter2")).toEqual({ error: "string" });
  });
});
