// Every list of the API server may end in a refusal: each reading, against each of the recorded ones, in the contract's words.
import { describe, expect, it } from "vitest";
import { HANDLERS } from "../../src/handlers.ts";
import { json, replay } from "../api-server.ts";
import { list, playback, testCluster } from "./cluster.ts";

import type { Reply } from "../api-server.ts";

const answering = (status: number, headers: Record<string, string>): Reply =>
  replay({ status, headers, body: "words of the API server" });

/** Route, question, and the path of its first request. */
const READINGS: readonly (readonly [string, object, string])[] = [
  ["/v1/list-pods", { namespace: "shop" }, "/api/v1/namespaces/shop/pods"],
  ["/v1/list-pods", { namespace: "shop", state: "unhealthy" }, "/api/v1/namespaces/shop/pods"],
  ["/v1/get-pod", { namespace: "shop", name: "web-1" }, "/api/v1/namespaces/shop/pods/web-1"],
  ["/v1/list-events", { namespace: "shop" }, "/api/v1/namespaces/shop/events"],
  ["/v1/list-nodes", {}, "/api/v1/nodes"],
  ["/v1/list-namespaces", {}, "/api/v1/namespaces"],
  ["/v1/list-workloads", { namespace: "shop" }, "/apis/apps/v1/namespaces/shop/deployments"],
  [
    "/v1/get-workload",
    { namespace: "shop", kind: "Deployment", name: "web" },
    "/apis/apps/v1/namespaces/shop/deployments/web",
  ],
  ["/v1/top", { target: "pods", namespace: "shop" }, "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"],
];

const TRAPS: readonly (readonly [string, Reply, string])[] = [
  ["401", playback("errors/401-invalid-token"), "cluster_unavailable"],
  ["403", playback("errors/403-reader-other-namespace"), "cluster_forbids"],
  ["404", playback("errors/404-unknown-resource"), "not_found|not_offered"],
  ["405", playback("errors/405-method"), "cluster_unavailable"],
  ["410", playback("errors/410-continue-expired"), "cursor_expired"],
  ["429 with an end", answering(429, { "retry-after": "30" }), "cluster_busy"],
  ["500", playback("errors/500-watch-bad-resource-version"), "cluster_unavailable"],
  ["503", playback("errors/503-aggregated-api-down"), "cluster_unavailable"],
  ["504", playback("errors/504-resource-version-too-large"), "cluster_unavailable"],
  ["page of HTML", replay({ status: 200, headers: {}, body: "<html>words</html>" }), "cluster_unavailable"],
  ["list of nothing known", json({ kind: "Status", items: 7 }), "cluster_unavailable"],
];

const CASES = READINGS.flatMap(([route, asked, path]) =>
  TRAPS.map(([trap, reply, reason]) => [route, JSON.stringify(asked), trap, { path, reply, reason }] as const),
);

describe("a refusal of the API server", () => {
  it("is tried in this many ways", () => {
    expect(CASES).toHaveLength(99);
  });

  it.each(CASES)(
    "to %s %s by a %s is told in the contract's words and no other",
    async (route, body, trap, { path, reply, reason }) => {
      const cluster = await testCluster({ [path]: reply });
      const asked = HANDLERS.find((handler) => handler.path === route)?.parse(JSON.parse(body));
      if (!asked?.ok) throw new Error("the question was refused");

      const answer = await asked.value.run(cluster.reading);

      // Without the right to list namespaces, those that the allow-list names are answered with.
      if (route === "/v1/list-namespaces" && trap === "403") {
        expect(answer).toEqual({ ok: true, value: { namespaces: [] } });
        return;
      }
      expect(answer).toMatchObject({ ok: false, error: { reason: expect.stringMatching(`^(${reason})$`) } });
      expect(JSON.stringify(answer)).not.toMatch(/words of the API|serviceaccount|html/);
      if (trap === "429 with an end") expect(answer).toMatchObject({ error: { retryAfterS: 30 } });
    },
  );

  it("in the middle of a search fails it as a whole: half a list must not pass for one", async () => {
    let pages = 0;
    const cluster = await testCluster({
      "/api/v1/namespaces/shop/pods": (response, request) => {
        pages += 1;
        (pages === 1 ? list([], { continue: "x" }) : playback("errors/410-continue-expired"))(response, request);
      },
    });
    const asked = HANDLERS[0]?.parse({ namespace: "shop", state: "unhealthy" });

    expect(asked?.ok && (await asked.value.run(cluster.reading))).toMatchObject({
      error: { reason: "cursor_expired" },
    });
  });
});
