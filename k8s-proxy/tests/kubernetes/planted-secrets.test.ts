// Secrets and hidden characters, planted wherever the cluster lets people write: none may come out of any reading.
import { describe, expect, it } from "vitest";
import { HANDLERS } from "../../src/handlers.ts";
import { json } from "../api-server.ts";
import { list, testCluster } from "./cluster.ts";

const SECRET = "hunter2EXAMPLEfake";
/** Hidden characters around a secret in words that people write. */
const PLANTED = `failed\u001b[31m \u202ewith\u200b password=${SECRET} at\u0007 end`;

const pod = {
  metadata: {
    name: "web-1",
    namespace: "shop",
    uid: "210d9bed-6401-4c25-b6f6-f05fccee8d4c",
    creationTimestamp: "2026-11-23T02:00:00Z",
    annotations: { note: PLANTED, "db-password": SECRET },
  },
  spec: {
    containers: [
      {
        name: "app",
        image: "registry.example/web:1",
        command: ["sh", "-c", PLANTED],
        args: [`--password=${SECRET}`],
        env: [{ name: "DB_PASSWORD", value: SECRET }],
        livenessProbe: { exec: { command: ["check", SECRET] } },
        readinessProbe: {
          httpGet: { port: 80, path: `/?password=${SECRET}`, httpHeaders: [{ name: "a", value: SECRET }] },
        },
      },
    ],
  },
  status: {
    phase: "Failed",
    reason: "Evicted",
    message: PLANTED,
    conditions: [{ type: "Ready", status: "False", reason: "x", message: PLANTED }],
    containerStatuses: [
      {
        name: "app",
        state: { waiting: { reason: "CrashLoopBackOff", message: PLANTED } },
        lastState: { terminated: { exitCode: 1, message: PLANTED } },
      },
    ],
  },
};
const event = {
  metadata: { namespace: "shop" },
  involvedObject: { kind: "Pod", name: "web-1" },
  reason: "Failed",
  message: PLANTED,
  lastTimestamp: "2026-11-23T02:11:00Z",
};
const node = {
  metadata: { name: "node-1", creationTimestamp: "2026-11-23T00:00:00Z" },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "False", reason: "x", message: PLANTED }] },
};

const PATHS = {
  "/api/v1/namespaces/shop/pods": list([pod]),
  "/api/v1/namespaces/shop/pods/web-1": json(pod),
  "/api/v1/namespaces/shop/events": list([event]),
  "/api/v1/pods": list([pod]),
  "/api/v1/nodes": list([node]),
};

describe("what people write into a cluster", () => {
  it.each<readonly [string, object, number]>([
    ["/v1/list-pods", { namespace: "shop" }, 1],
    ["/v1/list-pods", { namespace: "shop", state: "unhealthy" }, 1],
    ["/v1/get-pod", { namespace: "shop", name: "web-1" }, 5],
    ["/v1/list-events", { namespace: "shop" }, 1],
    ["/v1/list-nodes", {}, 1],
  ])(
    "comes out of %s %j without its secrets and hidden characters, and the rest of it does",
    async (route, body, planted) => {
      const cluster = await testCluster(PATHS);
      const asked = HANDLERS.find((handler) => handler.path === route)?.parse(body);
      if (!asked?.ok) throw new Error("the question was refused");

      const answer = JSON.stringify(await asked.value.run(cluster.reading));

      expect(answer).toContain('"ok":true');
      expect(answer).not.toContain(SECRET);
      // eslint's no-control-regex keeps such characters out of patterns, JSON writes them as escapes.
      expect(answer).not.toMatch(/\\u00|\u202e|\u200b/);
      expect(answer.match(/\[REDACTED:[a-z_]+\] at end/g)?.length ?? 0).toBeGreaterThanOrEqual(planted);
    },
  );
});
