// The stand-in answers what the real API server answered to the same requests: selectors, tables, pages and refusals.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startCluster } from "../../dev/cluster/server.ts";
import { recorded, recordedText } from "./recorded.ts";
import { NOW } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

let cluster: RunningCluster;
beforeAll(async () => {
  cluster = await startCluster({ port: 0, now: NOW });
});
afterAll(() => cluster.close());

const Request = z.object({ request: z.object({ path: z.string(), accept: z.string() }) });

/** Asks the stand-in what the real server was asked. */
async function asked(name: string) {
  const { path, accept } = Request.parse(JSON.parse(recordedText(`${name}.json`))).request;
  const response = await fetch(cluster.url + path, { headers: { accept } });
  const text = await response.text();
  const body: unknown = (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : text;
  return { status: response.status, body };
}

const List = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ continue: z.string().optional(), remainingItemCount: z.int().optional() }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});
const namesIn = (body: unknown) => List.parse(body).items.map(({ metadata }) => metadata.name);

const Table = z.looseObject({
  kind: z.literal("Table"),
  columnDefinitions: z.array(z.unknown()),
  rows: z.array(z.object({ cells: z.array(z.unknown()), object: z.unknown() })),
});

describe("a list", () => {
  it.each([
    "lists/pods-payments",
    "lists/pods-field-selector-pending",
    "lists/pods-label-selector-set",
    "lists/pods-limit-2-page-1",
    "lists/pods-limit-2-label-selector",
    "lists/services-shop",
    "lists/endpointslices-shop",
    "lists/horizontalpodautoscalers-shop",
    "lists/jobs-payments",
    "lists/resourcequotas-platform",
    "lists/databases-crd",
    "lists/nodes",
    "metrics/pods-shop",
    "metrics/pods-shop-label-selector",
  ])("holds the names that the real one held: %s", async (name) => {
    const { body } = recorded(name);

    const answer = await asked(name);

    expect(namesIn(answer.body)).toEqual(namesIn(body));
    expect(List.parse(answer.body).kind).toBe(List.parse(body).kind);
    expect(List.parse(answer.body).metadata.remainingItemCount).toBe(List.parse(body).metadata.remainingItemCount);
  });

  it("can be had as metadata alone", async () => {
    const { body } = await asked("lists/pods-metadata-only");

    expect(List.parse(body).kind).toBe("PartialObjectMetadataList");
    expect(namesIn(body)).toEqual(namesIn(recorded("lists/pods-metadata-only").body));
    expect(List.parse(body).items.map((item) => Object.keys(item))).toEqual(
      Array.from({ length: 17 }, () => ["metadata"]),
    );
  });

  it("of all namespaces can be read in pages", async () => {
    const seen: string[] = [];
    let cursor: string | undefined = "";
    for (let pages = 0; cursor !== undefined && pages < 20; pages++) {
      const response = await fetch(`${cluster.url}/api/v1/pods?limit=4&continue=${cursor}`);
      const page = List.parse(await response.json());
      seen.push(...page.items.map(({ metadata }) => metadata.name));
      cursor = page.metadata.continue;
    }

    expect(seen).toEqual(namesIn(recorded("lists/pods-all-namespaces").body));
  });

  it.each([
    ["v1/events", "involvedObject.name=catalog,involvedObject.kind=Deployment", 6],
    ["v1/events", "reason=FailedGetScale,type!=Normal", 1],
    ["v1/events", "involvedObject.uid=2c0330df-78ec-441b-8db5-4cc914fe3c87,reason=BackOff", 1],
    ["v1/pods", "spec.nodeName=", 2],
    ["v1/pods", "metadata.name=logs-multi,metadata.namespace==shop", 1],
    ["v1/pods", "status.phase!=Running", 5],
  ])("is chosen by fields: %s where %s", async (resource, selector, count) => {
    const [version = "", plural = ""] = resource.split("/");
    const path = `/api/${version}/namespaces/shop/${plural}?fieldSelector=${encodeURIComponent(selector)}`;

    const response = await fetch(cluster.url + path);

    expect(namesIn(await response.json())).toHaveLength(count);
  });
});

describe("a table", () => {
  it.each(["lists/pods-payments-table", "lists/pods-platform-table", "lists/nodes-table", "lists/databases-crd-table"])(
    "is the recorded one, ages counted anew: %s",
    async (name) => {
      const { body } = recorded(name);

      const answer = Table.parse((await asked(name)).body);

      expect(answer.columnDefinitions).toEqual(Table.parse(body).columnDefinitions);
      expect(answer.rows).toEqual(Table.parse(body).rows);
    },
  );

  it.each([
    ["None", null],
    ["Metadata", { kind: "PartialObjectMetadata", metadata: { namespace: "shop" } }],
    ["Object", { kind: "Service", spec: {} }],
  ])("has a name and an age where nothing was recorded, and rows with %s", async (includeObject, object) => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const path = `${cluster.url}/api/v1/namespaces/shop/services?includeObject=${includeObject}&labelSelector=`;

    const table = Table.parse(await (await fetch(path, { headers: { accept } })).json());

    expect(table.columnDefinitions).toMatchObject([{ name: "Name" }, { name: "Age" }]);
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ["checkout", "16m"],
      ["legacy", "16m"],
      ["web", "16m"],
    ]);
    if (object === null) expect(table.rows[0]?.object).toBeNull();
    else expect(table.rows[0]?.object).toMatchObject(object);
  });
});

describe("a refusal", () => {
  it.each([
    "errors/200-empty-list-unknown-namespace",
    "errors/400-field-selector-syntax",
    "errors/400-field-selector-unsupported",
    "errors/400-label-selector-value",
    "errors/400-label-selector",
    "errors/400-limit-not-a-number",
    "errors/403-reader-secrets",
    "errors/404-namespace",
    "errors/404-pod-as-table",
    "errors/404-pod",
    "errors/404-unknown-group",
    "errors/404-unknown-resource",
    "errors/406-not-acceptable",
    "metrics/404-pod",
  ])("is the real server's, word for word: %s", async (name) => {
    const { status, body } = recorded(name);

    const answer = await asked(name);

    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.body).toEqual(body);
  });
});

describe("discovery", () => {
  it.each([
    "meta/version",
    "meta/api",
    "meta/apis",
    "meta/apis-aggregated-discovery",
    "meta/api-v1-resources",
    "meta/readyz",
  ])("is the recorded one: %s", async (name) => {
    expect(await asked(name)).toEqual({ status: 200, body: recorded(name).body });
  });

  it("lists the resources of a group that was recorded in the newer form only", async () => {
    const recordedList = z.looseObject({ resources: z.array(z.looseObject({ name: z.string() })) });
    const names = (body: unknown) =>
      recordedList
        .parse(body)
        .resources.map(({ name }) => name)
        .filter((name) => !name.includes("/"));

    const { body } = await asked("meta/apps-v1-resources");

    expect(names(body).toSorted()).toEqual(names(recorded("meta/apps-v1-resources").body).toSorted());
  });
});

describe("a review of the asker's own rules", () => {
  const ask = (url: string) =>
    fetch(`${url}/apis/authorization.k8s.io/v1/selfsubjectrulesreviews`, { method: "POST", body: "{}" });

  it("shows the rights of the reader", async () => {
    const response = await ask(cluster.url);

    expect(response.status).toBe(201);
    expect(await response.json()).toEqual(recorded("auth/self-subject-rules-review-reader-shop").body);
  });

  it("shows those of an administrator when it is told to, so that a proof can fail", async () => {
    const open = await startCluster({ port: 0, now: NOW, rules: "admin" });
    const body = await (await ask(open.url)).text();
    await open.close();

    expect(body).toContain('"verbs":["*"]');
  });

  it("may be posted, and a new pod may not", async () => {
    const posted = await fetch(`${cluster.url}/api/v1/namespaces/shop/pods`, { method: "POST", body: "{}" });

    expect(posted.status).toBe(405);
  });
});
