// The environment, right and wrong.
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config.ts";

const KEY = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };

const RIGHT = {
  CLUSTER_NAME: "demo",
  GATEHOUSE_PUBLIC_KEY: JSON.stringify(KEY),
  ALLOWED_NAMESPACES: "shop-*, payments",
  KUBERNETES_URL: "http://127.0.0.1:8001",
};

describe("the configuration", () => {
  it("is read from the environment, with defaults for the address", () => {
    expect(loadConfig(RIGHT)).toEqual({
      ok: true,
      value: {
        clusterName: "demo",
        publicKeys: [KEY],
        allowedNamespaces: ["shop-*", "payments"],
        port: 8080,
        host: "0.0.0.0",
        credentials: { kind: "plain", url: new URL("http://127.0.0.1:8001") },
      },
    });
  });

  it("names every fault at once", () => {
    const outcome = loadConfig({ PORT: "many", GATEHOUSE_PUBLIC_KEY: "{" });

    const faults = outcome.ok ? [] : outcome.error.split("\n");
    expect(faults.map((fault) => fault.split(" ")[1])).toEqual([
      "CLUSTER_NAME",
      "GATEHOUSE_PUBLIC_KEY",
      "ALLOWED_NAMESPACES",
      "PORT",
      "KUBECONFIG",
    ]);
  });

  it("takes an empty variable for one that is not set", () => {
    expect(loadConfig({ ...RIGHT, HOST: "", KUBECONFIG: "" })).toMatchObject({ ok: true, value: { host: "0.0.0.0" } });
  });

  it("takes two keys, for the time in which one replaces the other", () => {
    const outcome = loadConfig({ ...RIGHT, GATEHOUSE_PUBLIC_KEY: JSON.stringify([KEY, KEY]) });

    expect(outcome).toMatchObject({ ok: true, value: { publicKeys: [KEY, KEY] } });
  });

  it.each([
    ["three keys", { GATEHOUSE_PUBLIC_KEY: JSON.stringify([KEY, KEY, KEY]) }, "two keys at most"],
    ["no key", { GATEHOUSE_PUBLIC_KEY: "[]" }, "holds no key"],
    ["a private key", { GATEHOUSE_PUBLIC_KEY: JSON.stringify({ ...KEY, d: "secret" }) }, "holds a private key"],
    ["another curve", { GATEHOUSE_PUBLIC_KEY: JSON.stringify({ ...KEY, crv: "X25519" }) }, "GATEHOUSE_PUBLIC_KEY"],
    ["a namespace with a slash", { ALLOWED_NAMESPACES: "shop,a/b" }, "is not a namespace's name"],
    ["an empty entry", { ALLOWED_NAMESPACES: "shop," }, "is not a namespace's name"],
    ["a port out of range", { PORT: "70000" }, "must be a port number"],
    ["a stand-in elsewhere", { KUBERNETES_URL: "http://10.0.0.1:8001" }, "on loopback"],
    ["a stand-in with a misleading name", { KUBERNETES_URL: "http://127.0.0.1.example.com" }, "on loopback"],
    ["two ways to a cluster", { KUBECONFIG: "/config" }, "both set"],
    ["a context without a file", { KUBE_CONTEXT: "prod" }, "needs KUBECONFIG"],
  ])("refuses %s", (_, change, message) => {
    const outcome = loadConfig({ ...RIGHT, ...change });

    expect(outcome.ok ? "" : outcome.error).toContain(message);
    expect(outcome.ok ? "" : outcome.error).not.toContain("secret");
  });

  it("finds the cluster that it runs in", () => {
    const inside = {
      ...RIGHT,
      KUBERNETES_URL: "",
      KUBERNETES_SERVICE_HOST: "10.96.0.1",
      KUBERNETES_SERVICE_PORT: "6443",
    };

    expect(loadConfig(inside)).toMatchObject({
      ok: true,
      value: { credentials: { kind: "in-cluster", host: "10.96.0.1", port: "6443" } },
    });
  });
});
