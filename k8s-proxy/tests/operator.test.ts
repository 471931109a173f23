// `npm run clusters`: the list in wrangler.toml, and what a check finds out about a proxy that is there, or not quite.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkCluster } from "../../dev/operator/check-cluster.ts";
import { keyName, requireClusters, toLine, withCluster, withLine } from "../../dev/operator/configured-clusters.ts";
import { listen } from "../src/serve.ts";
import { apiServer, json, replay } from "./api-server.ts";
import { testProxy } from "./proxy-app.ts";
import { recorded } from "./recorded.ts";
import { CLUSTER } from "./worker-side.ts";

import type { JWK } from "jose";
import type { Listening } from "../src/serve.ts";
import type { ApiServer } from "./api-server.ts";

const TOML = `[vars]
# Every variable is described in docs/configuration.md.
CLUSTERS = '[{"name":"demo","url":"http://127.0.0.1:8790"}]'
ALLOWED_ORIGINS = ""
`;
const PROD = { name: "prod", url: "https://prod.example.com" };

describe("the list of clusters", () => {
  it("is read from wrangler.toml and written back into its line alone", () => {
    const clusters = withCluster(requireClusters(TOML), PROD);

    expect(requireClusters(withLine(TOML, clusters))).toEqual([PROD]);
    expect(withLine(TOML, clusters).split("\n").toSpliced(2, 1)).toEqual(TOML.split("\n").toSpliced(2, 1));
  });

  it("keeps the stand-in beside another on this machine, and drops it for a real cluster", () => {
    const demo = requireClusters(TOML);
    const other = { name: "other", url: "http://localhost:8791" };

    expect(withCluster(demo, other)).toEqual([...demo, other]);
    expect(withCluster(demo, PROD)).toEqual([PROD]);
  });

  it("has a cluster once: a new address replaces the old one", () => {
    const moved = { ...PROD, url: "https://elsewhere.example.com", key: keyName("prod") };

    expect(withCluster([PROD], moved)).toEqual([moved]);
    expect(toLine([moved])).toContain('"key":"PROXY_SIGNING_KEY_PROD"');
  });

  it("takes what is in it as it is, even where a replacement would mean something", () => {
    expect(withLine(TOML, [{ ...PROD, url: "https://prod.example.com/$&" }])).toContain("https://prod.example.com/$&");
  });

  it.each([
    ["a file without it", "[vars]\n", "has no line CLUSTERS"],
    ["a list that is empty", "CLUSTERS = '[]'", "not a list of clusters"],
    ["a name that the Worker refuses", `CLUSTERS = '[{"name":"A B","url":"https://a"}]'`, "not a list of clusters"],
  ])("is not taken from %s", (_, toml, words) => {
    expect(() => requireClusters(toml)).toThrow(words);
  });
});

const READER = recorded("auth/self-subject-rules-review-reader-shop");
const ADMIN = recorded("auth/self-subject-rules-review-cluster-admin-shop");
const NAMESPACES = recorded("lists/namespaces").body;

let review: typeof READER;
let api: ApiServer;
let listening: Listening;
let signingKey: JWK;

beforeEach(async () => {
  review = READER;
  api = await apiServer((response, request) => {
    if (request.method === "POST") replay(review)(response, request);
    else
      json(/\/namespaces(\?|$)/.test(request.url ?? "") ? NAMESPACES : { items: [], metadata: {} })(response, request);
  });
  const proxy = await testProxy({ server: api.url, allowed: ["shop", "payments"], now: () => Date.now() });
  listening = await listen(proxy.app, { host: "127.0.0.1", port: 0 });
  signingKey = proxy.signingKey;
});
afterEach(async () => {
  await listening.stop(0);
  await api.close();
});

const check = (change: { name?: string; url?: string; signingKey?: JWK | undefined; now?: () => number } = {}) => {
  const { name = CLUSTER, url = `http://127.0.0.1:${listening.port}`, now = () => Date.now() } = change;
  return checkCluster({ name, url }, { signingKey: "signingKey" in change ? change.signingKey : signingKey, now });
};

describe("a check", () => {
  it("finds nothing wrong with a proxy that is well", async () => {
    expect(await check()).toEqual({
      cluster: CLUSTER,
      ready: "ready",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      read_only: "proven (3 namespaces)",
      clock: expect.stringMatching(/^-?[01] s$/),
      call: "2 namespaces open",
      faults: [],
    });
  });

  it("says that no call was made when it has no key", async () => {
    expect(await check({ signingKey: undefined })).toMatchObject({ call: "not made: no key", faults: [] });
  });

  it("finds an account that may do too much, and that nothing is read with it", async () => {
    review = ADMIN;

    expect((await check()).faults).toEqual([
      "it is not ready: read_only_violated, 2 rule(s) too many. What each verdict means: docs/clusters.md",
      "the signed call was refused: The cluster's proxy is out of service: its account may do more than read",
    ]);
  });

  it("finds a proxy that knows another name", async () => {
    const { call, faults } = await check({ name: "other" });

    expect([call, faults]).toEqual(["unauthenticated", [expect.stringContaining("is its CLUSTER_NAME other?")]]);
  });

  it("finds a clock that is off", async () => {
    const { faults } = await check({ now: () => Date.now() + 30_000 });

    expect(faults[0]).toMatch(/^its clock is (29|30|31) s behind this machine's/);
  });

  it("finds that nobody is there, or somebody else", async () => {
    const nobody = await check({ url: "http://127.0.0.1:1" });
    const other = await check({ url: api.url.href });

    expect(nobody).toMatchObject({ ready: "no answer", faults: [expect.stringContaining("cannot be reached")] });
    expect(other).toMatchObject({ ready: "no answer", faults: [expect.stringContaining("not as a k8s-proxy does")] });
  });
});
