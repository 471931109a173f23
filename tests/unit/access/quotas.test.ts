import { describe, expect, it } from "vitest";
import { createPolicy } from "../../../src/access/policy.ts";
import { quotaOf, Quotas } from "../../../src/access/quotas.ts";
import { ROLES } from "../../support/people.ts";

describe("the quotas of a configuration", () => {
  it("need not be given: an hour of a busy agent fits", () => {
    expect(Quotas.parse({})).toEqual({ default: { minute: 600, hour: 10_000, day: 100_000 }, roles: {} });
  });

  it("may change one window and leave the others", () => {
    expect(Quotas.parse({ default: { hour: 50 } }).default).toEqual({ minute: 600, hour: 50, day: 100_000 });
  });

  it.each([
    [{ default: { minute: 19 } }],
    [{ default: { minute: 20.5 } }],
    [{ default: { minute: "600" } }],
    [{ default: { week: 600 } }],
    [{ roles: { observer: { minute: 0 } } }],
    [{ roles: { observer: { second: 20 } } }],
    [{ users: {} }],
  ])("are refused when no call could be made with them, or they are misspelt: %j", (quotas) => {
    expect(Quotas.safeParse(quotas).success).toBe(false);
  });
});

describe("the quota of a principal", () => {
  const quotas = Quotas.parse({
    default: { minute: 100, hour: 1_000, day: 5_000 },
    roles: { narrow: { minute: 20, hour: 50 }, wide: { minute: 300 }, long: { day: 9_000 } },
  });

  it.each([
    [[], [100, 1_000, 5_000]],
    [["other"], [100, 1_000, 5_000]],
    [["narrow"], [20, 50, 5_000]],
    [["wide"], [300, 1_000, 5_000]],
    [
      ["narrow", "other"],
      [100, 1_000, 5_000],
    ],
    [
      ["narrow", "wide", "long"],
      [300, 1_000, 9_000],
    ],
    [
      ["constructor", "__proto__"],
      [100, 1_000, 5_000],
    ],
  ])("with the roles %j is, by window, the most generous of them: %j", (roles, [minute, hour, day]) => {
    expect(quotaOf(quotas, roles)).toEqual({ minute, hour, day });
  });
});

describe("the version of a policy", () => {
  it("changes with the quotas: they, too, decide what is refused", () => {
    const versions = [{}, { default: { minute: 500 } }, { roles: { observer: { minute: 500 } } }].map(
      (quotas) => createPolicy(ROLES, Quotas.parse(quotas)).version,
    );

    expect(new Set(versions).size).toBe(3);
    expect(createPolicy(ROLES).version).toBe(versions[0]);
  });
});
