// Quantities in every form that the API server and metrics-server write.
import { describe, expect, it } from "vitest";
import { mebibytes, milliCores, parseQuantity, percent } from "../../src/kubernetes/quantity.ts";

describe("a quantity", () => {
  it.each([
    ["0", 0],
    ["2", 2],
    ["100m", 0.1],
    ["12345678n", 0.012345678],
    ["250u", 0.00025],
    ["1e3", 1_000],
    ["1E3", 1_000],
    ["12e-1", 1.2],
    ["1E", 1e18],
    ["1.5", 1.5],
    ["1.", 1],
    [".5", 0.5],
    ["+1", 1],
    ["-1", -1],
    ["5k", 5_000],
    ["3M", 3e6],
    ["2G", 2e9],
    ["1T", 1e12],
    ["1P", 1e15],
    ["232Ki", 237_568],
    ["64Mi", 67_108_864],
    ["1Gi", 1_073_741_824],
    ["1.5Gi", 1_610_612_736],
    ["1Ti", 2 ** 40],
    ["1Ei", 2 ** 60],
    ["267847642337", 267_847_642_337],
  ])("%s is %d", (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  });

  it.each(["", " ", "m", "1x", "1 Gi", "1KI", "1ki", "0x10", "1e", "1e3Gi", "--1", "1,5", "NaN", "Infinity", "1e999"])(
    "is not %j",
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  it("is counted as kubectl top counts, and nothing is nothing", () => {
    expect([milliCores("536149373n"), milliCores("2"), milliCores(undefined), milliCores("?")]).toEqual([
      536, 2_000, 0, 0,
    ]);
    expect([mebibytes("1697848Ki"), mebibytes("64Mi"), mebibytes(undefined)]).toEqual([1_658, 64, 0]);
  });

  it("is a share of what it is compared with, where there is such a thing", () => {
    expect([percent(50, 200), percent(3, 2), percent(1, 0), percent(1, undefined)]).toEqual([
      25,
      150,
      undefined,
      undefined,
    ]);
  });
});
