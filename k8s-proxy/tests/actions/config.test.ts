// The environment of the actions proxy: what it does not name is not allowed.
import { describe, expect, it } from "vitest";
import { loadActionsConfig } from "../../src/actions/config.ts";

const KEY = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const RIGHT = {
  CLUSTER_NAME: "demo",
  GATEHOUSE_PUBLIC_KEY: JSON.stringify(KEY),
  ALLOWED_NAMESPACES: "shop",
  KUBERNETES_URL: "http://127.0.0.1:8001",
};

describe("the configuration of the actions proxy", () => {
  it("allows no action and no large scale unless it is told to", () => {
    expect(loadActionsConfig({ ...RIGHT, ALLOWED_ACTIONS: "" })).toEqual({
      ok: true,
      value: {
        clusterName: "demo",
        publicKeys: [KEY],
        allowedNamespaces: ["shop"],
        allowedActions: [],
        bounds: { maxReplicas: 20 },
        port: 8080,
        metricsPort: 0,
        host: "0.0.0.0",
        credentials: { kind: "plain", url: new URL("http://127.0.0.1:8001") },
        redactPatterns: [],
        ownPod: undefined,
      },
    });
  });

  it("is read from the environment", () => {
    const outcome = loadActionsConfig({
      ...RIGHT,
      ALLOWED_ACTIONS: "scale, rollout_undo",
      MAX_REPLICAS: "0",
      POD_NAMESPACE: "gatehouse",
      POD_NAME: "actions-proxy-1",
    });

    expect(outcome).toMatchObject({
      value: {
        allowedActions: ["scale", "rollout_undo"],
        bounds: { maxReplicas: 0 },
        ownPod: { namespace: "gatehouse", name: "actions-proxy-1" },
      },
    });
  });

  it.each([
    ["ALLOWED_ACTIONS", "scale,exec"],
    ["ALLOWED_ACTIONS", "constructor"],
    ["MAX_REPLICAS", "many"],
    ["MAX_REPLICAS", "-1"],
    ["ALLOWED_NAMESPACES", ""],
    ["METRICS_PORT", "8080"],
    ["KUBERNETES_URL", "http://10.0.0.1"],
  ])("names what is wrong: %s=%s", (name, value) => {
    expect(loadActionsConfig({ ...RIGHT, PORT: "8080", [name]: value })).toMatchObject({
      ok: false,
      error: expect.stringContaining(name),
    });
  });
});
