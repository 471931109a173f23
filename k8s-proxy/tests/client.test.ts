// The one function that sends requests refuses a path that nobody checked, before anything is sent.
import { afterEach, beforeEach, expect, it } from "vitest";
import { kubernetesApi } from "../src/kubernetes/client.ts";
import { apiServer, json } from "./api-server.ts";

import type { ApiServer } from "./api-server.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await apiServer(json({ kind: "Pod" }));
});
afterEach(() => server.close());

const client = (base = "") =>
  kubernetesApi(
    { server: new URL(base, server.url), tls: {}, token: () => Promise.resolve(undefined) },
    { now: () => 0, random: () => 0, wait: () => Promise.resolve() },
  );

const signal = new AbortController().signal;

it.each(["..", ".", "", "a/b", "a%2fb", "a?watch=true", "a#b", "a:b", "-a", "a-"])(
  "the path segment %j is a bug that throws",
  async (segment) => {
    const sent = client().get({ path: ["api", "v1", "namespaces", segment, "pods"] }, signal);

    await expect(sent).rejects.toThrow("path segment");
    expect(server.requests).toHaveLength(0);
  },
);

it("a server below a path keeps its path", async () => {
  await client("/k8s/clusters/c-1").get({ path: ["version"] }, signal);

  expect(server.requests.map(({ url }) => url)).toEqual(["/k8s/clusters/c-1/version"]);
});

it("a service account's token is sent only when there is one", async () => {
  await client().get({ path: ["version"] }, signal);

  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});
