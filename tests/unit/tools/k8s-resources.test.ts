// The tools for objects of any kind: what they ask of the proxy, how a table is cut, and how it goes on.

import { describe, expect, it } from "vitest";
import { ROUTES } from "k8s-proxy/contract";
import { ok } from "../../../src/result.ts";
import { DEFAULT_RESULT_BYTES } from "../../../src/tool/tool.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";

const asking = (answer: object) => world({ roles: ["platform"], cluster: () => ok(observed(answer)) });
const rows = (count: number, length = 10) =>
  Array.from({ length: count }, (_, index) => [`web-${String(index)}`, "x".repeat(length), index]);
const COLUMNS = ["Name", "Type", "Ports"];

describe("k8s.list_resources", () => {
  it("asks with its defaults and gives a table that counts itself", async () => {
    const { call, asked } = asking({ columns: COLUMNS, rows: rows(2) });

    const reply = await call("k8s.list_resources", { resource: "services" });

    expect(asked).toMatchObject([{ path: ROUTES.listResources.path }]);
    expect(asked[0]?.request).toEqual({ resource: "services", limit: 50, wide: false });
    expect(reply).toMatchObject({
      result: { columns: COLUMNS, rows: rows(2), meta: { returned: 2, total: 2, truncated: false, untrusted: true } },
    });
  });

  it("cuts a table in whole rows and says how to ask for fewer", async () => {
    const reply = await asking({ columns: COLUMNS, rows: rows(500, 300) }).call("k8s.list_resources", {
      resource: "services",
      limit: 500,
    });

    expect(JSON.stringify(reply).length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES + 100);
    expect(reply).toMatchObject({
      result: { meta: { truncated: true, total: 500, hint: expect.stringMatching(/limit: \d+, or a namespace/) } },
    });
  });

  it("goes on by a cursor, and the proxy gets its own words back", async () => {
    const { call, asked } = asking({ columns: COLUMNS, rows: rows(2), continue: "next-page", remaining: 7 });
    const first = await call("k8s.list_resources", { resource: "services", limit: 2 });
    const cursor = /"next_cursor":"([^"]+)"/.exec(JSON.stringify(first))?.[1];

    await call("k8s.list_resources", { resource: "services", limit: 2, cursor });

    expect(first).toMatchObject({ result: { meta: { total: 9, truncated: true } } });
    expect(asked[1]?.request).toMatchObject({ continue: "next-page" });
  });
});

describe("k8s.get_resource", () => {
  it("asks for the part at a path and shows it as it is", async () => {
    const { call, asked } = asking({ object: "LoadBalancer" });
    const params = { resource: "services", namespace: "shop", name: "web", path: "spec.type" };

    const reply = await call("k8s.get_resource", params);

    expect(asked).toMatchObject([{ path: ROUTES.getResource.path, request: params }]);
    expect(reply).toMatchObject({ result: { object: "LoadBalancer", meta: { namespace: "shop", truncated: false } } });
  });

  it.each([
    [{ resource: "pods/log", name: "web" }],
    [{ resource: "services", name: "../secrets" }],
    [{ resource: "services" }],
    [{ resource: "services", name: "web", path: "" }],
  ])("refuses %j before anything is asked", async (params) => {
    const { call, asked } = asking({ object: {} });

    expect(await call("k8s.get_resource", params)).toMatchObject({ error: { code: -32602 } });
    expect(asked).toEqual([]);
  });
});
