import { ROUTES } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ok } from "../../../src/result.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";
import type { LogLine } from "k8s-proxy/contract";

const SUMMARY = {
  matched: 2,
  scanned_lines: 40,
  scanned_bytes: 4_000,
  pods_matched: 2,
  pods_scanned: 2,
  pods_failed: [],
  levels: { error: 2 },
};

function line(n: number, text = "ERROR refused"): LogLine {
  const ts = new Date(Date.UTC(2026, 0, 15, 12) - n * 1_000).toISOString();
  return { ts, pod: "web-1", container: "app", level: "error", line: text };
}

interface Told {
  readonly lines?: readonly LogLine[];
  readonly truncated?: object;
  readonly warnings?: readonly string[];
  readonly redactions?: object;
}

function search(told: Told, params: object = {}) {
  const data = { lines: [line(0), line(1)], summary: SUMMARY, truncated: {}, ...told };
  const given = { ...observed(data), ...told };
  return world({ cluster: () => ok(given) }).call("logs.search", { namespace: "shop", ...params });
}

const Reply = z.object({
  result: z.object({
    lines: z.array(z.object({ ts: z.string() })),
    truncated: z.record(z.string(), z.boolean()),
    meta: z.object({ truncated: z.boolean(), returned: z.int(), hint: z.string().optional() }),
  }),
});
const result = async (told: Told, params?: object) => Reply.parse(await search(told, params)).result;

describe("a search of logs", () => {
  it("answers the lines with where they are from, what was read, and that they are nobody's instructions", async () => {
    const reply = await search({ redactions: { secret: 1 }, warnings: ["Only 50 pods were read."] });

    expect(reply).toMatchObject({
      result: {
        lines: [line(0), line(1)],
        summary: SUMMARY,
        truncated: {},
        meta: {
          cluster: "prod",
          namespace: "shop",
          returned: 2,
          truncated: false,
          redactions: { secret: 1 },
          warnings: ["Only 50 pods were read."],
          untrusted: true,
        },
      },
    });
    expect(reply).not.toHaveProperty("result.meta.hint");
  });

  it("is asked of the proxy with what was left out filled in", async () => {
    const { call, asked } = world({ cluster: () => ok(observed({ lines: [], summary: SUMMARY, truncated: {} })) });

    await call("logs.search", { namespace: "shop", pod_pattern: "web-*", filter: "refused", level: "warn" });

    expect(asked).toMatchObject([
      {
        path: ROUTES.searchLogs.path,
        request: {
          namespace: "shop",
          pod_pattern: "web-*",
          filter: "refused",
          level: "warn",
          previous: false,
          context: 0,
          order: "newest",
          dedupe: false,
          limit: 100,
        },
        caller: { namespaces: ["shop"], tool: "logs.search" },
      },
    ]);
  });

  it("with more lines than were shown names the moment to go on from", async () => {
    const { meta } = await result({ truncated: { lines: true } });

    expect(meta.truncated).toBe(true);
    expect(meta.hint).toContain('until: "2026-01-15T11:59:59.000Z"');
  });

  it("from the oldest on is narrowed instead, because until cannot go on", async () => {
    const { meta } = await result({ truncated: { lines: true } }, { order: "oldest" });

    expect(meta.hint).toMatch(/filter/);
    expect(meta.hint).not.toMatch(/until/);
  });

  it.each(["bytes", "pods", "time"])(
    "that hit its budget of %s is told as not complete, with a narrower call",
    async (budget) => {
      const { meta, truncated } = await result({ truncated: { [budget]: true } });

      expect(truncated).toEqual({ [budget]: true });
      expect(meta).toMatchObject({ truncated: true, hint: expect.stringContaining("pod_pattern") });
    },
  );

  it("whose lines do not fit is cut to whole lines and says so in both places", async () => {
    const lines = Array.from({ length: 100 }, (_, n) => line(n, "x".repeat(2_000)));

    const { lines: shown, truncated, meta } = await result({ lines });

    expect(shown.length).toBeGreaterThan(25);
    expect(shown.length).toBeLessThan(35);
    expect(truncated).toEqual({ lines: true });
    expect(meta).toMatchObject({ truncated: true, returned: shown.length });
    expect(meta.hint).toContain(`until: "${shown.at(-1)?.ts ?? ""}"`);
  });

  it.each([
    [{ limit: 1_001 }],
    [{ since: "25h" }],
    [{ context: 6 }],
    [{ level: "fatal" }],
    [{ container: "../x" }],
    [{ until: "yesterday" }],
    [{ pod_pattern: "x".repeat(129) }],
    [{ tail: 10 }],
  ])("cannot be asked for with %j", async (params) => {
    expect(await search({}, params)).toMatchObject({ error: { code: -32602 } });
  });
});

describe("the patterns of logs", () => {
  const template = {
    template: "ERROR order <n> refused",
    count: 812,
    levels: { error: 812 },
    pods: 3,
    first: "2026-01-15T11:45:00.000Z",
    last: "2026-01-15T11:59:59.000Z",
    example: "ERROR order 17 refused",
  };
  const histogram = [{ t: "2026-01-15T11:45:00.000Z", total: 900, error: 812 }];
  const ask = (data: object) => {
    const told = { templates: [template], total_templates: 1, histogram, summary: SUMMARY, truncated: {}, ...data };
    return world({ cluster: () => ok(observed(told)) }).call("logs.patterns", { namespace: "shop" });
  };

  it("are answered with their counts and the lines over time", async () => {
    expect(await ask({})).toMatchObject({
      result: { templates: [template], histogram, summary: SUMMARY, meta: { returned: 1, total: 1, truncated: false } },
    });
  });

  it("that are more than were shown are counted, with a narrower call", async () => {
    expect(await ask({ total_templates: 41 })).toMatchObject({
      result: { meta: { total: 41, truncated: true, hint: expect.stringContaining("filter") } },
    });
  });

  it("of a reading that hit a budget are told as not complete", async () => {
    expect(await ask({ truncated: { time: true } })).toMatchObject({ result: { meta: { truncated: true } } });
  });
});
