// What strangers write into a cluster to move its readers: each text of the corpus comes out as text of its field, and no more.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { HANDLERS } from "../../src/handlers.ts";
import { json } from "../api-server.ts";
import { list, testCluster } from "../kubernetes/cluster.ts";
import { success, testPrometheus } from "../prometheus/backend.ts";
import { found, lines, logCluster, patterns, pod, search } from "./log-cluster.ts";

const Entry = z.object({
  where: z.enum(["log line", "event message", "annotation", "alert summary", "pod name"]),
  kind: z.string(),
  text: z.string(),
  /** Absent where nothing of it may come out. */
  shown: z.string().optional(),
});
type Entry = z.output<typeof Entry>;

const file = new URL("../../../fixtures/injection/corpus.json", import.meta.url);
const { entries } = z.object({ entries: z.array(Entry) }).parse(JSON.parse(readFileSync(file, "utf8")));
const of = (where: Entry["where"]) =>
  entries.filter((entry) => entry.where === where).map(({ kind, text, shown }) => [kind, text, shown] as const);

/** Nothing that moves a cursor, hides, reorders or breaks a line. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

async function answer(path: string, asked: object, reading: Awaited<ReturnType<typeof testCluster>>["reading"]) {
  const parsed = HANDLERS.find((handler) => handler.path === path)?.parse(asked);
  if (!parsed?.ok) throw new Error("the question was refused");
  return found(await parsed.value.run(reading));
}

describe("the corpus", () => {
  it("has this many texts, and shows nothing of any that cannot be seen", () => {
    expect(entries).toHaveLength(37);
    for (const { shown = "" } of entries) expect(shown).not.toMatch(UNSEEN);
  });
});

describe("a log line with", () => {
  it.each(of("log line"))("%s is one line of text", async (_, text, shown) => {
    const { reading } = await logCluster({ "web-1/app": lines(text) });

    const answered = found(await search(reading));
    const counted = found(await patterns(reading));

    expect(answered.lines).toEqual([expect.objectContaining({ pod: "web-1", line: shown })]);
    expect(Object.keys(answered)).toEqual(["lines", "summary", "truncated"]);
    expect(counted.templates).toEqual([expect.objectContaining({ count: 1, example: shown })]);
    expect(counted.templates[0]?.template).not.toMatch(UNSEEN);
  });
});

describe("an event's message with", () => {
  it.each(of("event message"))("%s is one line of text", async (_, message, shown) => {
    const about = { involvedObject: { kind: "Pod", name: "web-1" }, metadata: { namespace: "shop" } };
    const event = { ...about, reason: "Failed", message, lastTimestamp: "2026-11-23T02:11:00Z" };
    const { reading } = await testCluster({ "/api/v1/namespaces/shop/events": list([event]) });

    const answered = await answer("/v1/list-events", { namespace: "shop" }, reading);

    expect(answered).toMatchObject({ events: [{ message: shown }], total: 1 });
  });
});

describe("an annotation with", () => {
  it.each(of("annotation"))("%s is one line of text", async (_, note, shown) => {
    const whole = pod({ name: "web-1" });
    const { reading } = await testCluster({
      "/api/v1/namespaces/shop/pods/web-1": json({ ...whole, metadata: { ...whole.metadata, annotations: { note } } }),
      "/api/v1/namespaces/shop/events": list([]),
    });

    const answered = await answer("/v1/get-pod", { namespace: "shop", name: "web-1" }, reading);

    expect(answered).toMatchObject({ pod: { annotations: { note: shown } } });
  });
});

describe("an alert's summary with", () => {
  it.each(of("alert summary"))("%s is one line of text", async (_, summary, shown) => {
    const alert = {
      labels: { alertname: "Slow" },
      annotations: { summary },
      state: "firing",
      activeAt: "2026-11-23T02:00:00Z",
      value: "1e+00",
    };
    const rule = { type: "alerting", name: "Slow", query: "up == 0", health: "ok", state: "firing", duration: 60 };
    const rules = [{ ...rule, labels: {}, annotations: {}, evaluationTime: 0, alerts: [alert] }];
    const { reading } = await testPrometheus({
      "/api/v1/rules": success({ groups: [{ name: "g", file: "f", interval: 30, rules }] }),
    });

    expect(await answer("/v1/prom/list-alerts", {}, reading)).toMatchObject({ alerts: [{ summary: shown }] });
  });
});

describe("a pod's name with", () => {
  it.each(of("pod name"))("%s is a name, or is not asked for", async (_, name, shown) => {
    const logs = { [`${name}/app`]: lines("INFO here") };
    const { reading, asked } = await logCluster(logs, [pod({ name })]);

    const answered = found(await search(reading));

    expect(answered.lines.map((line) => line.pod)).toEqual(shown === undefined ? [] : [shown]);
    expect(asked).toHaveLength(shown === undefined ? 1 : 2);
  });
});
