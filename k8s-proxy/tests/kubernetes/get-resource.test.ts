// One object of any kind: what is shown of it, what never is, and what becomes of one that is too large.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ROUTES } from "../../src/contract/index.ts";
import { getResource } from "../../src/kubernetes/get-resource.ts";
import { slimObject } from "../../src/kubernetes/slim-object.ts";
import { json } from "../api-server.ts";
import { recordedItems } from "../recorded.ts";
import { playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster, TestClusterOptions } from "./cluster.ts";

const DISCOVERY: Paths = {
  "/api/v1": playback("meta/api-v1-resources"),
  "/apis": playback("meta/apis"),
  "/apis/apps/v1": playback("meta/apps-v1-resources"),
};
const SERVICE = "/api/v1/namespaces/platform/services/web";
const ASKED = { resource: "services", namespace: "platform", name: "web" };
const SECRET = "hunter2EXAMPLEfake";

let cluster: TestCluster;

async function answer(asked: object, paths: Paths, options: TestClusterOptions = {}) {
  const resources = ["services", "nodes", "deployments.apps"];
  cluster = await testCluster({ ...DISCOVERY, ...paths }, { resources, ...options });
  return getResource(ROUTES.getResource.request.parse(asked), cluster.reading);
}

async function ask(asked: object, paths: Paths) {
  const answered = await answer(asked, paths);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.getResource.data.parse(answered.value).object;
}

const Named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const recordedOne = (recording: string, name: string) =>
  recordedItems(recording)
    .map((item) => Named.parse(item))
    .find(({ metadata }) => metadata.name === name);

describe("an object", () => {
  it("is shown without what only the API server needs", async () => {
    const path = "/apis/apps/v1/namespaces/payments/deployments/ledger";
    const recorded = recordedOne("lists/deployments-payments", "ledger");

    const object = await ask(
      { resource: "deployments.apps", namespace: "payments", name: "ledger" },
      { [path]: json(recorded) },
    );

    const text = JSON.stringify(object);
    expect(object).toMatchObject({ metadata: { name: "ledger" }, spec: { replicas: expect.any(Number) } });
    expect(text).not.toMatch(/managedFields|"uid"|resourceVersion/);
    expect(text).toContain("ledger-config");
    expect(text.length).toBeLessThan(JSON.stringify(recorded).length / 1.5);
  });

  it.each(recordedItems("lists/services-platform").map((item) => [Named.parse(item).metadata.name, item] as const))(
    "never has the whole of %s as it was applied",
    async (_, item) => {
      expect(JSON.stringify(await ask(ASKED, { [SERVICE]: json(item) }))).not.toMatch(/last-applied/);
    },
  );

  it("that is not there is told in the words that it was asked for", async () => {
    const refused = await answer(ASKED, { [SERVICE]: playback("errors/404-pod") });

    expect(refused).toMatchObject({ ok: false, error: { reason: "not_found" } });
    expect(JSON.stringify(refused)).toContain("services has no web in namespace platform");
  });

  it("needs its namespace where it lives in one", async () => {
    const refused = await answer({ resource: "services", name: "web" }, {});

    expect(refused).toMatchObject({ ok: false, error: { reason: "invalid_request" } });
  });

  it("of no namespace is closed to whoever may read some namespaces only", async () => {
    const refused = await answer({ resource: "nodes", name: "n" }, {}, { granted: ["shop"] });

    expect(refused).toMatchObject({ ok: false, error: { reason: "namespace_not_allowed" } });
    expect(cluster.asked).not.toContain("/api/v1/nodes/n");
  });

  it.each(["secrets", "configmaps", "serviceaccounts"])("of %s can never be read", async (resource) => {
    const refused = await answer({ ...ASKED, resource }, {}, { resources: [resource] });

    expect([refused.ok, cluster.asked]).toEqual([false, []]);
  });
});

describe("what may be a secret", () => {
  it.each<[string, object]>([
    ["a variable", { env: [{ name: "DB", value: SECRET }] }],
    ["a variable of a custom resource", { extraEnv: [{ name: "DB", value: SECRET }] }],
    ["variables by their names", { environment: { DB: SECRET } }],
    ["a variable in one text", { envVars: [`DB=${SECRET}`] }],
    ["data", { data: { db: SECRET } }],
    ["data as text", { stringData: { db: SECRET } }],
    ["binary data", { template: { binaryData: { db: SECRET } } }],
    ["a field by its name", { auth: { password: SECRET } }],
    ["a pair by its name", { parameters: [{ name: "db.password", value: SECRET }] }],
    ["a header", { httpGet: { httpHeaders: [{ name: "X", value: SECRET }] } }],
    ["an argument of a probe", { exec: { command: ["check", SECRET] } }],
    ["an argument", { args: [`--password=${SECRET}`] }],
    ["the argument after its name", { args: ["--db-password", SECRET] }],
    ["a script", { command: ["sh", "-c", `export DB_PASSWORD=${SECRET}; run`] }],
    ["a URL", { url: `postgres://app:${SECRET}@db/x` }],
    ["an annotation by its name", { annotations: { "example.com/db-password": SECRET } }],
    ["the object as it was applied", { annotations: { "kubectl.kubernetes.io/last-applied-configuration": SECRET } }],
    ["the object as another tool applied it", { annotations: { "kapp.k14s.io/original": SECRET } }],
    ["the fields of a manager", { managedFields: [{ x: SECRET }] }],
    ["a key", { data: { [`password=${SECRET}`]: "x" } }],
  ])("stays out of the answer: %s", (_, spec) => {
    expect(JSON.stringify(slimObject({ spec: [spec], template: { spec } }))).not.toContain(SECRET);
  });

  it("leaves its name behind", async () => {
    const object = {
      spec: {
        env: [
          { name: "DB", value: SECRET },
          { name: "MODE", valueFrom: {} },
        ],
      },
      data: { a: SECRET, b: "" },
    };

    expect(await ask(ASKED, { [SERVICE]: json(object) })).toEqual({ spec: { env: ["DB", "MODE"] }, data: ["a", "b"] });
  });

  it.each(["spec.env.DB", "spec.env.0.value", "data.a"])("cannot be had by the path %s either", async (path) => {
    const object = { spec: { env: [{ name: "DB", value: SECRET }] }, data: { a: SECRET } };

    expect(JSON.stringify(await answer({ ...ASKED, path }, { [SERVICE]: json(object) }))).not.toContain(SECRET);
  });

  it.each<[object, object]>([
    [{ environment: "production" }, { environment: "production" }],
    [{ envFrom: [{ secretRef: { name: "db" } }] }, { envFrom: [{ secretRef: { name: "db" } }] }],
    [{ data: [{ remoteRef: "x" }] }, { data: [{ remoteRef: "x" }] }],
    [
      { a: null, b: {}, c: [], d: 0, e: false, f: "" },
      { b: {}, c: [], d: 0, e: false, f: "" },
    ],
    // Of a NetworkPolicy: without the first of the two, this would be "in this namespace only".
    [
      { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "web" } } }] },
      { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "web" } } }] },
    ],
    [
      {
        password: 12345678,
        db_password: { value: "hunter2" },
        passwords: ["a1", "b2"],
        passwordSecretRef: { name: "db" },
      },
      {
        password: "[REDACTED:secret]",
        db_password: ["value"],
        passwords: ["[REDACTED:secret]", "[REDACTED:secret]"],
        passwordSecretRef: { name: "db" },
      },
    ],
    [{ metadata: { managedFields: [{}] }, spec: { egress: [] } }, { spec: { egress: [] } }],
    [{ t: "a\u001b[31m\u202eb" }, { t: "ab" }],
    [{ args: ["--port", "80"] }, { args: ["--port", "80"] }],
  ])("is not to be seen in %j", (object, expected) => {
    expect(slimObject(object)).toEqual(expected);
  });

  it("cannot hide so deep that nobody looks", () => {
    const deep = Array.from({ length: 5_000 }).reduce<object>((inner) => ({ a: inner }), { password: SECRET });

    expect(JSON.stringify(slimObject(deep))).not.toContain(SECRET);
  });
});

describe("a part", () => {
  const object = {
    metadata: { annotations: { "example.com/owner": "team" } },
    spec: {
      containers: [
        { name: "web", image: "a" },
        { name: "log.v1", image: "b" },
      ],
    },
  };

  it.each<[string, unknown]>([
    ["spec.containers.0.image", "a"],
    ["spec.containers.web.image", "a"],
    ["spec.containers.log.v1.image", "b"],
    ["metadata.annotations.example.com/owner", "team"],
    ["spec.containers.1", { name: "log.v1", image: "b" }],
  ])("at %s is %j", async (path, expected) => {
    expect(await ask({ ...ASKED, path }, { [SERVICE]: json(object) })).toEqual(expected);
  });

  it.each(["spec.containers.2", "constructor", "spec.__proto__", "spec.containers.length"])(
    "at %s is nowhere, and the answer says what there is",
    async (path) => {
      const refused = await answer({ ...ASKED, path }, { [SERVICE]: json(object) });

      expect(refused).toMatchObject({ ok: false, error: { reason: "invalid_request" } });
      expect(JSON.stringify(refused)).toContain("one of metadata, spec");
    },
  );
});

describe("an object too large for one answer", () => {
  const object = { spec: { rules: Array.from({ length: 40 }, () => "x".repeat(1_000)) }, status: { a: "y" } };

  it("is not shown: its parts are named with their sizes, and the path to one that fits", async () => {
    const refused = await answer(ASKED, { [SERVICE]: json(object) });

    expect(refused).toMatchObject({ ok: false, error: { reason: "too_much" } });
    expect(JSON.stringify(refused)).toMatch(/39\.\d KB.*path: \\"status\\".*spec \(39\.\d KB\), status \(0\.0 KB\)/);
  });

  it("is named further inside the part that was asked for", async () => {
    const refused = await answer({ ...ASKED, path: "spec" }, { [SERVICE]: json(object) });

    expect(JSON.stringify(refused)).toContain("spec.rules (39");
  });
});
