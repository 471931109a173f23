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
  it("refuses one port for calls and metrics", () => {
    expect(loadConfig({ ...RIGHT, PORT: "8080", METRICS_PORT: "8080" })).toMatchObject({
      ok: false,
      error: expect.stringContaining("METRICS_PORT"),
    });
  });

  it("is read from the environment, with defaults for the address", () => {
    expect(loadConfig(RIGHT)).toEqual({
      ok: true,
      value: {
        clusterName: "demo",
        publicKeys: [KEY],
        allowedNamespaces: ["shop-*", "payments"],
        port: 8080,
        metricsPort: 0,
        host: "0.0.0.0",
        credentials: { kind: "plain", url: new URL("http://127.0.0.1:8001") },
        prometheus: undefined,
        alertmanager: undefined,
        loki: undefined,
        resources: expect.arrayContaining(["pods", "deployments.apps", "ingresses.networking.k8s.io", "nodes"]),
        redactPatterns: [],
        acceptIncompleteRules: false,
        acceptWriteRights: false,
        ownNamespace: undefined,
      },
    });
  });

  it("names every fault at once", () => {
    const outcome = loadConfig({
      PORT: "many",
      GATEHOUSE_PUBLIC_KEY: "{",
      LOKI_URL: "loki",
      PROMETHEUS_TOKEN_FILE: "/t",
    });

    const faults = outcome.ok ? [] : outcome.error.split("\n");
    expect(faults.map((fault) => fault.split(" ")[1])).toEqual([
      "CLUSTER_NAME",
      "GATEHOUSE_PUBLIC_KEY",
      "ALLOWED_NAMESPACES",
      "PORT",
      "LOKI_URL",
      "KUBECONFIG",
      "PROMETHEUS_TOKEN_FILE",
    ]);
  });

  it("names the backends, each with what it needs", () => {
    const outcome = loadConfig({
      ...RIGHT,
      PROMETHEUS_URL: "https://mimir.example.com/prometheus",
      PROMETHEUS_TOKEN_FILE: "/var/run/secrets/prometheus/token",
      ALERTMANAGER_URL: "http://alertmanager-operated.monitoring.svc:9093",
      LOKI_URL: "http://loki-gateway.loki.svc.cluster.local",
      LOKI_TENANT: "shop|payments",
    });

    expect(outcome).toMatchObject({
      ok: true,
      value: {
        prometheus: {
          url: new URL("https://mimir.example.com/prometheus"),
          tokenFile: "/var/run/secrets/prometheus/token",
        },
        alertmanager: { url: new URL("http://alertmanager-operated.monitoring.svc:9093") },
        loki: { url: new URL("http://loki-gateway.loki.svc.cluster.local"), tenant: "shop|payments" },
      },
    });
  });

  it("adds custom resources to what may be listed, or takes another list", () => {
    const more = loadConfig({ ...RIGHT, EXTRA_RESOURCES: "databases.example.com, pods" });
    const other = loadConfig({ ...RIGHT, RESOURCES: "pods,services" });

    expect(more.ok && more.value.resources.filter((name) => /^(pods|databases)/.test(name))).toEqual([
      "pods",
      "databases.example.com",
    ]);
    expect(other).toMatchObject({ ok: true, value: { resources: ["pods", "services"] } });
  });

  it("takes patterns of this cluster's own secrets", () => {
    const outcome = loadConfig({ ...RIGHT, REDACT_PATTERNS: '["ACME-[0-9]{12}","(?i)badge=\\\\d{3,}"]' });

    expect(outcome).toMatchObject({ ok: true, value: { redactPatterns: ["ACME-[0-9]{12}", "(?i)badge=\\d{3,}"] } });
  });

  it("has its metrics on a port of their own, which is fixed in a cluster", () => {
    const inside = { ...RIGHT, KUBERNETES_URL: "", KUBERNETES_SERVICE_HOST: "10.96.0.1" };

    expect(loadConfig(inside)).toMatchObject({ ok: true, value: { metricsPort: 9090 } });
    expect(loadConfig({ ...RIGHT, METRICS_PORT: "9100" })).toMatchObject({ ok: true, value: { metricsPort: 9100 } });
  });

  it("accepts write rights on a development machine only", () => {
    const wanted = { ...RIGHT, DEVELOPMENT_ACCEPT_WRITE_RIGHTS: "true" };
    const inside = loadConfig({ ...wanted, KUBERNETES_URL: "", KUBERNETES_SERVICE_HOST: "10.96.0.1" });

    expect(loadConfig(wanted)).toMatchObject({ ok: true, value: { acceptWriteRights: true } });
    expect(inside.ok ? "" : inside.error).toBe(
      "- DEVELOPMENT_ACCEPT_WRITE_RIGHTS is for a development machine: in a cluster, take the rights away",
    );
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
    ["a Prometheus elsewhere over plain HTTP", { PROMETHEUS_URL: "http://prometheus.example.com" }, "must be https"],
    ["a Service's name that could be anyone's", { PROMETHEUS_URL: "http://prometheus.monitoring" }, "must be https"],
    ["a Service that only begins like one", { PROMETHEUS_URL: "http://a.svc@example.com" }, "name or password"],
    ["a password in an address", { LOKI_URL: "https://me:secret@loki.example.com" }, "name or password"],
    ["a query in an address", { PROMETHEUS_URL: "https://p.example.com/?token=secret" }, "a query"],
    ["another scheme", { ALERTMANAGER_URL: "file:///etc/passwd" }, "must be https"],
    ["no address", { ALERTMANAGER_URL: "alertmanager" }, "is not a URL"],
    ["a token without a Loki", { LOKI_TOKEN_FILE: "/secret" }, "needs LOKI_URL"],
    ["a tenant without a Loki", { LOKI_TENANT: "shop" }, "needs LOKI_URL"],
    ["a token file that is relative", { PROMETHEUS_URL: "http://p.a.svc", PROMETHEUS_TOKEN_FILE: "t" }, "absolute"],
    ["Secrets to list", { RESOURCES: "pods,secrets" }, "may not name Secrets"],
    ["Secrets of another group to list", { EXTRA_RESOURCES: "secrets.example.com" }, "may not name Secrets"],
    ["a subresource to list", { EXTRA_RESOURCES: "pods/exec" }, "is not a plural"],
    ["every resource to list", { RESOURCES: "*" }, "is not a plural"],
    ["patterns that are no list", { REDACT_PATTERNS: '"secret"' }, "must be a JSON array"],
    ["patterns that are no JSON", { REDACT_PATTERNS: "secret," }, "is not JSON"],
    ["a pattern that RE2 does not know", { REDACT_PATTERNS: '["(?<=a)b"]' }, "must be an RE2 pattern"],
    ["a pattern that matches nothing at all", { REDACT_PATTERNS: '["a*"]' }, "may not match the empty text"],
    ["a switch that is half on", { ACCEPT_INCOMPLETE_RULES: "yes" }, "must be true or false"],
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
