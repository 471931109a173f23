// The filter of the audit log as an address holds it: one filter is one address, and what is no filter is told why.

import { describe, expect, it } from "vitest";
import {
  AUDIT_FACETS,
  formatAuditFilter,
  momentOf,
  parseAuditFilter,
  spanOf,
} from "../../../src/http/console/contract/audit-filter.ts";

const parse = (query: string) => parseAuditFilter(new URLSearchParams(query));
const format = (query: string) => {
  const filter = parse(query);
  if ("message" in filter) throw new Error(filter.message);
  return formatAuditFilter(filter).toString();
};

describe("an address", () => {
  it("without a time is of the last day", () => {
    expect(parse("")).toEqual({ time: { last: "24h" }, where: {} });
  });

  it("names moments, the first inclusive and the last exclusive", () => {
    expect(parse("from=2026-11-29T08:00:00Z&to=2026-11-29T10:30:00.5%2B01:00")).toEqual({
      time: { fromMs: Date.UTC(2026, 10, 29, 8), toMs: Date.UTC(2026, 10, 29, 9, 30, 0, 500) },
      where: {},
    });
  });

  it.each(AUDIT_FACETS.filter((facet) => !["outcome", "approval", "call", "trace"].includes(facet)))(
    "may ask for several values of %s",
    (facet) => {
      expect(parse(`${facet}=b&${facet}=a`)).toMatchObject({ where: { [facet]: ["a", "b"] } });
    },
  );

  it("may ask for traces by their ids", () => {
    const [one, other] = ["4bf92f3577b34da6a3ce929d0e0e4736", "a".repeat(32)];

    expect(parse(`trace=${other}&trace=${one}`)).toMatchObject({ where: { trace: [one, other] } });
  });

  it("that says a value twice, or none, says it once, or not at all", () => {
    expect(parse("actor=a&actor=a&actor=&tool=")).toMatchObject({ where: { actor: ["a"] } });
    expect(Object.keys(parse("tool="))).not.toContain("tool");
  });

  it("keeps a value as it is, whatever stands in it", () => {
    const hostile = `' or 1=1; -- %_\\ {"a":1} & = ? # + 🛰️ <script>`;

    expect(parse(`actor=${encodeURIComponent(hostile)}`)).toMatchObject({ where: { actor: [hostile] } });
    expect(parse(formatAuditFilter({ time: { last: "1h" }, where: { actor: [hostile] } }).toString())).toEqual({
      time: { last: "1h" },
      where: { actor: [hostile] },
    });
  });

  it("does not reach the prototype of anything", () => {
    expect(parse("__proto__=x&constructor=y&toString=z&actor=__proto__")).toEqual({
      time: { last: "24h" },
      where: { actor: ["__proto__"] },
    });
    expect(parse("last=__proto__")).toMatchObject({ param: "last" });
    expect(parse("last=toString")).toMatchObject({ param: "last" });
  });
});

describe("two addresses of one filter", () => {
  it.each([
    ["tool=b&actor=z&tool=a&last=1h", "last=1h&actor=z&tool=a&tool=b"],
    ["actor=a&actor=a", "last=24h&actor=a"],
    [
      "key=k&to=2026-11-29T09:00Z&from=2026-11-29T08:00:00%2B00:00",
      "from=2026-11-29T08%3A00%3A00.000Z&to=2026-11-29T09%3A00%3A00.000Z&key=k",
    ],
  ])("%s are written alike", (written, same) => {
    expect(format(written)).toBe(same);
    expect(format(same)).toBe(same);
  });
});

const MANY = Array.from({ length: 21 }, (_, at) => `actor=a${at}`).join("&");

describe("what is no filter is told where and why", () => {
  it.each([
    ["last=2h", "last", "must be one of 15m, 1h, 6h, 24h, 7d, 30d, 90d"],
    ["last=", "last", "must be one of"],
    ["last=1h&last=24h", "last", "once"],
    ["from=2026-11-29T08:00:00Z&from=2026-11-29T08:00:00Z&to=2026-11-29T09:00:00Z", "from", "once"],
    ["last=1h&from=2026-11-29T08:00:00Z&to=2026-11-29T09:00:00Z", "last", "either"],
    ["from=2026-11-29T08:00:00Z", "to", "is missing"],
    ["to=2026-11-29T08:00:00Z", "from", "is missing"],
    ["from=&to=", "from", "must be a time"],
    ["from=1&to=2", "from", "must be a time"],
    ["from=2026-11-29T08:00:00&to=2026-11-29T09:00:00Z", "from", "must be a time"],
    ["from=2026-11-29&to=2026-11-30", "from", "must be a time"],
    ["from=Nov 29 2026&to=Nov 30 2026", "from", "must be a time"],
    ["from=2026-02-30T00:00:00Z&to=2026-03-03T00:00:00Z", "from", "must be a time"],
    ["from=2026-11-29T08:00:00Z&to=2026-11-29T25:00:00Z", "to", "must be a time"],
    ["from=2026-11-29T08:00:00Z&to='; drop table audit_logs", "to", "must be a time"],
    ["from=2026-11-29T08:00:00Z&to=2026-11-29T08:00:00Z", "to", "later"],
    ["from=2026-11-29T09:00:00Z&to=2026-11-29T08:00:00Z", "to", "later"],
    ["from=2024-11-29T09:00:00Z&to=2026-11-29T08:00:00Z", "from", "400 days"],
    ["outcome=error", "outcome", "must be one of ok, failed, refused, cancelled, unknown, pending"],
    ["approval=17", "approval", "must be an id"],
    ["call=9f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d'", "call", "must be an id"],
    ["trace=4bf92f35", "trace", "must be the 32 digits of a trace id such as 4bf92f3577b34da6a3ce929d0e0e4736"],
    ["trace=4BF92F3577B34DA6A3CE929D0E0E4736", "trace", "in lower case"],
    [`trace=${"0".repeat(32)}`, "trace", "must be the 32 digits"],
    [`trace=00-${"a".repeat(32)}-${"b".repeat(16)}-01`, "trace", "must be the 32 digits"],
    [`trace=${"a".repeat(32)}%0A`, "trace", "must be the 32 digits"],
    ["actor=a%00b", "actor", "NUL"],
    [`actor=${"a".repeat(257)}`, "actor", "256"],
    [MANY, "actor", "at most 20"],
  ])("%s", (query, param, message) => {
    expect(parse(query)).toEqual({ param, message: expect.stringContaining(message) });
  });
});

it("a moment is read as it is written, to the millisecond", () => {
  expect(momentOf("2026-11-29T08:00:00.123456Z")).toBe(Date.UTC(2026, 10, 29, 8, 0, 0, 123));
  expect(momentOf("2028-02-29T23:30:00-01:00")).toBe(Date.UTC(2028, 2, 1, 0, 30));
  expect(momentOf("2026-02-29T00:00:00Z")).toBeUndefined();
  expect(momentOf("")).toBeUndefined();
});

it("a time that moves ends now", () => {
  const nowMs = Date.UTC(2026, 10, 29, 12);

  expect(spanOf({ last: "1h" }, nowMs)).toEqual({ fromMs: nowMs - 3_600_000, toMs: nowMs });
  expect(spanOf({ fromMs: 1, toMs: 2 }, nowMs)).toEqual({ fromMs: 1, toMs: 2 });
});
