// Objects of any kind: which may be read, where they are looked for, and what of the API server's table is shown.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listResources } from "../../src/kubernetes/list-resources.ts";
import { nearestNames } from "../../src/kubernetes/nearest-names.ts";
import { json } from "../api-server.ts";
import { list, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster, TestClusterOptions } from "./cluster.ts";

const DATABASES = "/apis/ops.example.com/v1/namespaces/platform/databases";
const DATABASE_KIND = { name: "databases", namespaced: true, kind: "Database", verbs: ["get", "list"] };
const DISCOVERY: Paths = {
  "/api/v1": playback("meta/api-v1-resources"),
  "/apis": playback("meta/apis"),
  "/apis/apps/v1": playback("meta/apps-v1-resources"),
  "/apis/ops.example.com/v1": json({ resources: [DATABASE_KIND] }),
};
const RESOURCES = ["pods", "services", "nodes", "deployments.apps", "databases.ops.example.com"];

let cluster: TestCluster;

async function answer(asked: object, paths: Paths = {}, options: TestClusterOptions = {}) {
  cluster = await testCluster({ ...DISCOVERY, ...paths }, { resources: RESOURCES, ...options });
  return listResources(ROUTES.listResources.request.parse(asked), cluster.reading);
}

async function ask(asked: object, paths: Paths = {}, options: TestClusterOptions = {}) {
  const answered = await answer(asked, paths, options);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.listResources.data.parse(answered.value);
}

const table = (names: readonly string[], metadata: object = {}, namespace?: string) =>
  json({
    kind: "Table",
    metadata,
    columnDefinitions: [{ name: "Name", priority: 0 }],
    rows: names.map((name) => ({
      cells: [name],
      object: namespace === undefined ? null : { metadata: { namespace } },
    })),
  });

describe("a kind of object", () => {
  it("of a custom resource is listed in its own columns", async () => {
    const asked = { resource: "databases.ops.example.com", namespace: "platform" };

    const { columns, rows } = await ask(asked, { [DATABASES]: playback("lists/databases-crd-table") });

    expect(columns).toEqual(["Name", "Engine", "Replicas", "Phase", "Age"]);
    expect(rows).toEqual([
      ["ledger", "mysql", 1, "Degraded", "16m"],
      ["orders", "postgres", 3, "Ready", "16m"],
    ]);
    expect(cluster.asked.at(-1)).toBe(`${DATABASES}?includeObject=None&limit=50`);
  });

  it("is found by its plural alone where only one is allowed, and has more columns when asked for", async () => {
    const path = "/apis/apps/v1/namespaces/shop/deployments";
    const paths = { [path]: playback("lists/deployments-shop-table") };

    const { columns, rows } = await ask({ resource: "Deployments", namespace: "shop", wide: true }, paths);

    expect(columns).toEqual(["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"]);
    expect(rows[0]).toEqual(["cart", "2/2", 2, 2, "16m", "cart", "registry.example/shop/cart:1.9.2", "app=cart"]);
  });

  it.each([
    ["secrets", "hold secrets"],
    ["Secret", "hold secrets"],
    ["secrets.apps", "hold secrets"],
    ["configmaps", "hold secrets"],
    ["serviceaccounts", "hold secrets"],
    ["certificatesigningrequests.certificates.k8s.io", "hold secrets"],
    ["deployment", "did you mean deployments.apps?"],
    ["svc", "did you mean services?"],
    ["servcies", "did you mean services?"],
    ["databases.example.com", "did you mean databases.ops.example.com?"],
    ["roles.rbac.authorization.k8s.io", "there are pods, services"],
  ])("named %s is refused before anything is asked, with words that help", async (resource, words) => {
    const never = ["secrets", "secrets.apps", "configmaps", "serviceaccounts", "certificatesigningrequests"];

    const refused = await answer({ resource }, {}, { resources: [...RESOURCES, ...never] });

    expect(refused).toMatchObject({ ok: false, error: { reason: "invalid_request" } });
    expect(JSON.stringify(refused)).toContain(words);
    expect(cluster.asked).toEqual([]);
  });

  it("that a group of its own serves as Secrets is refused, whatever it is called", async () => {
    const resources = [{ ...DATABASE_KIND, kind: "Secret" }];

    const refused = await answer(
      { resource: "databases.ops.example.com", namespace: "platform" },
      { "/apis/ops.example.com/v1": json({ resources }) },
    );

    expect(refused).toMatchObject({ ok: false, error: { reason: "invalid_request" } });
  });

  it("that this cluster does not have is told to be missing", async () => {
    const refused = await answer({ resource: "gone.example.org" }, {}, { resources: ["gone.example.org"] });

    expect(refused).toMatchObject({ ok: false, error: { reason: "not_found" } });
  });

  it.each(["pods/log", "../secrets", "pods%2f", ".pods", "pods.", ""])("cannot be called %j", (resource) => {
    expect(ROUTES.listResources.request.safeParse({ resource }).success).toBe(false);
  });
});

describe("what the API server offers", () => {
  it("is asked for once in ten minutes", async () => {
    const asked = ROUTES.listResources.request.parse({ resource: "services", namespace: "shop" });
    cluster = await testCluster(
      { ...DISCOVERY, "/api/v1/namespaces/shop/services": table(["web"]) },
      { resources: RESOURCES },
    );
    const discoveries = () => cluster.asked.filter((path) => path === "/api/v1").length;

    await listResources(asked, cluster.reading);
    cluster.pass(599_000);
    await listResources(asked, cluster.reading);
    expect(discoveries()).toBe(1);

    cluster.pass(1_000);
    await listResources(asked, cluster.reading);
    expect(discoveries()).toBe(2);
  });
});

describe("without a namespace, a list", () => {
  const TWO: Paths = {
    "/api/v1/namespaces": list([
      { metadata: { name: "shop-1" } },
      { metadata: { name: "shop-2" } },
      { metadata: { name: "pay" } },
    ]),
    "/api/v1/namespaces/shop-1/services": table(["a", "b"]),
    "/api/v1/namespaces/shop-2/services": table(["c"]),
  };

  it("is of the whole cluster for those to whom nothing is closed, and says where each is", async () => {
    const { columns, rows } = await ask({ resource: "services" }, { "/api/v1/services": table(["web"], {}, "shop") });

    expect([columns, rows]).toEqual([["Namespace", "Name"], [["shop", "web"]]]);
    expect(cluster.asked.at(-1)).toBe("/api/v1/services?includeObject=Metadata&limit=50");
  });

  it("is of the namespaces within reach and of no other", async () => {
    const { rows } = await ask({ resource: "services" }, TWO, { granted: ["shop-*"] });

    expect(rows).toEqual([
      ["shop-1", "a"],
      ["shop-1", "b"],
      ["shop-2", "c"],
    ]);
    expect(cluster.asked.join()).not.toContain("namespaces/pay/");
  });

  it("of several is cut to the limit, and what is left is counted", async () => {
    const answered = await ask({ resource: "services", limit: 2 }, TWO, { granted: ["shop-*"] });

    expect(answered).toMatchObject({
      rows: [
        ["shop-1", "a"],
        ["shop-1", "b"],
      ],
      remaining: 1,
    });
    expect(answered.continue).toBeUndefined();
  });
});

describe("what belongs to no namespace", () => {
  it("is listed for those to whom nothing is closed", async () => {
    const { columns, rows } = await ask({ resource: "nodes" }, { "/api/v1/nodes": playback("lists/nodes-table") });

    expect(columns[0]).toBe("Name");
    expect(rows.length).toBeGreaterThan(0);
  });

  it("is closed to whoever may read some namespaces only", async () => {
    const refused = await answer({ resource: "nodes" }, {}, { granted: ["shop-*"] });

    expect(refused).toMatchObject({ ok: false, error: { reason: "namespace_not_allowed" } });
    expect(cluster.asked.filter((path) => path.includes("nodes"))).toEqual([]);
  });

  it("cannot be looked for in one", async () => {
    const refused = await answer({ resource: "nodes", namespace: "shop" });

    expect(refused).toMatchObject({ ok: false, error: { reason: "invalid_request" } });
  });
});

describe("a table", () => {
  const SERVICES = "/api/v1/namespaces/shop/services";
  const asked = { resource: "services", namespace: "shop" };

  it("goes on where the API server says so", async () => {
    const paths = { [SERVICES]: table(["a"], { continue: "next", remainingItemCount: 7 }) };

    expect(await ask({ ...asked, limit: 1, continue: "here" }, paths)).toMatchObject({
      continue: "next",
      remaining: 7,
    });
    expect(cluster.asked.at(-1)).toBe(`${SERVICES}?includeObject=None&limit=1&continue=here`);
  });

  it("has no secrets and no hidden characters in its cells", async () => {
    const body = {
      kind: "Table",
      columnDefinitions: [{ name: "Name" }, { name: "Password" }, { name: "Message" }, { name: "Other" }],
      rows: [{ cells: ["web", "hunter2EXAMPLE", "a\u001b[31m\u202eb password=hunter2EXAMPLE", null] }],
    };

    const { rows } = await ask(asked, { [SERVICES]: json(body) });

    expect(rows).toEqual([["web", "[REDACTED:secret]", "ab password=[REDACTED:secret]", ""]]);
  });

  it("that is none is the cluster's fault", async () => {
    expect(await answer(asked, { [SERVICES]: list([]) })).toMatchObject({
      ok: false,
      error: { reason: "cluster_unavailable" },
    });
  });

  it("is selected by the API server, and only by what can be", async () => {
    const selectors = { label_selector: "app=web", field_selector: "metadata.name=web" };
    await ask({ ...asked, ...selectors }, { [SERVICES]: table([]) });
    expect(cluster.asked.at(-1)).toContain("labelSelector=app=web&fieldSelector=metadata.name=web");

    expect(await answer({ ...asked, field_selector: "spec.x=1" })).toMatchObject({ ok: false });
  });
});

describe("the nearest names", () => {
  const names = [
    "services",
    "persistentvolumeclaims",
    "persistentvolumes",
    "ingresses.networking.k8s.io",
    "deployments.apps",
  ];

  it.each([
    ["pvc", "persistentvolumeclaims"],
    ["ingress", "ingresses.networking.k8s.io"],
    ["deploy", "deployments.apps"],
    ["deploymnets", "deployments.apps"],
    ["Service", "services"],
  ])("of %s begin with %s", (asked, expected) => {
    expect(nearestNames(asked, names, 3)[0]).toBe(expected);
  });

  it.each(["x", "zzz", "constructor"])("of %s are none", (asked) => {
    expect(nearestNames(asked, names, 3)).toEqual([]);
  });
});
