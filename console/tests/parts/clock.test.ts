// Moments in the reader's own time, and back from the fields in which they are typed.

import { describe, expect, it } from "vitest";
import { fromField, sayMoment, sayZone, toField } from "../../src/parts/clock.ts";

/** As the machine of whoever reads has it. */
const local = (...parts: readonly [number, number, number, number, number, number]) => new Date(...parts).getTime();
const NOON = local(2026, 2, 12, 12, 0, 5);

describe("a moment", () => {
  it("is its time alone where it is today, and more the further it is away", () => {
    const words = [NOON, local(2026, 2, 11, 12, 0, 5), local(2025, 2, 11, 12, 0, 5)].map((ms) =>
      sayMoment(new Date(ms).toISOString(), NOON),
    );

    expect(words[0]).toBe("12:00:05");
    expect(words[1]).toMatch(/11.*12:00:05$/);
    expect(words[1]).not.toMatch(/2026/);
    expect(words[2]).toMatch(/2025.*12:00:05$/);
  });

  it("that is none is shown as it is", () => {
    expect(sayMoment("yesterday", NOON)).toBe("yesterday");
  });
});

describe("a field", () => {
  it("holds the moment to the second, and gives it back", () => {
    expect(toField(NOON)).toBe("2026-03-12T12:00:05");
    expect(fromField(toField(NOON))).toBe(NOON);
  });

  it("may leave out the seconds", () => {
    expect(fromField("2026-03-12T12:00")).toBe(NOON - 5_000);
  });

  it.each(["", "2026-03-12", "12:00", "2026-13-45T99:00"])("that holds no moment gives none: %j", (value) => {
    expect(fromField(value)).toBeUndefined();
  });
});

describe("a zone", () => {
  it("is said by its distance", () => {
    expect(sayZone(NOON)).toMatch(/^UTC([+-]\d\d:\d\d)?$/);
  });
});
