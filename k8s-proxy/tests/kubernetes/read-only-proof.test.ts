// The self-proof, against the rules that a real API server listed for three accounts, and against worse ones.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { fail } from "../../src/failure.ts";
import { offencesIn, RulesReview } from "../../src/kubernetes/account-rules.ts";
import { readOnlyProof } from "../../src/kubernetes/read-only-proof.ts";
import { ok } from "../../src/result.ts";
import { recorded } from "../recorded.ts";

import type { Failure } from "../../src/failure.ts";
import type { ReadOnlyVerdict } from "../../src/kubernetes/read-only-proof.ts";
import type { Result } from "../../src/result.ts";

const NOW = Date.UTC(2026, 10, 23, 2, 11, 26);
const HOUR = 60 * 60_000;
const AT = new Date(NOW).toISOString();

const reviewOf = (who: string) => recorded(`auth/self-subject-rules-review-${who}-shop`).body;
const READER = reviewOf("reader");
const ADMIN = reviewOf("cluster-admin");
const NOBODY = reviewOf("nobody");

const reader = RulesReview.parse(READER);
const withRule = (verbs: string[], apiGroups: string[], resources: string[]): unknown => ({
  ...reader,
  status: { ...reader.status, resourceRules: [...reader.status.resourceRules, { verbs, apiGroups, resources }] },
});

type Review = (namespace: string) => unknown;
const refused = () => fail("cluster_unavailable", "The cluster cannot be reached", { detail: "ECONNREFUSED" });

function account(review: Review, allowed: readonly string[] = ["shop"], existing: readonly string[] = []) {
  const asked: string[] = [];
  const changes: ReadOnlyVerdict[] = [];
  const state = { now: NOW, review, isUp: true };
  const proof = readOnlyProof({
    api: {
      review: (namespace): Promise<Result<unknown, Failure>> => {
        asked.push(namespace);
        return Promise.resolve(state.isUp ? ok(state.review(namespace)) : refused());
      },
      get: () =>
        Promise.resolve(
          existing.length === 0 ? refused() : ok({ items: existing.map((name) => ({ metadata: { name } })) }),
        ),
    },
    allowedNamespaces: allowed,
    ownNamespace: "gatehouse",
    now: () => state.now,
    signal: new AbortController().signal,
    onChange: (verdict) => changes.push(verdict),
  });
  return { proof, asked, changes, state };
}

describe("an account", () => {
  it("that may only read is proven to", async () => {
    const { proof, asked, changes } = account(() => READER);

    const verdict = await proof.refresh();

    expect(verdict).toEqual({
      verdict: "proven",
      checked_at: AT,
      namespaces: ["default", "gatehouse", "shop"],
      violations: [],
    });
    expect(asked).toEqual(["default", "gatehouse", "shop"]);
    expect(changes).toEqual([verdict]);
  });

  it("that has no rights at all is proven to as well", async () => {
    expect(await account(() => NOBODY).proof.refresh()).toMatchObject({ verdict: "proven" });
  });

  it("that may do everything is found out once, with every namespace it was found in", async () => {
    const verdict = await account(() => ADMIN).proof.refresh();

    expect(verdict).toMatchObject({
      verdict: "violated",
      violations: [
        { verbs: ["*"], on: ["*.*"], why: "may do more than read", namespaces: ["default", "gatehouse", "shop"] },
        { verbs: ["*"], on: ["*"], why: "may do more than read", namespaces: ["default", "gatehouse", "shop"] },
      ],
    });
  });

  it("that may do more in one namespace only is found out there, though another could not be asked", async () => {
    const { proof } = account((namespace) =>
      namespace === "shop" ? withRule(["delete"], [""], ["pods"]) : { kind: "?" },
    );

    expect(await proof.refresh()).toMatchObject({
      verdict: "violated",
      violations: [{ verbs: ["delete"], on: ["pods"], namespaces: ["shop"] }],
    });
  });
});

const RULES: readonly (readonly [string, string[], string[], string[], string | undefined])[] = [
  ["reading a custom resource", ["get", "list", "watch"], ["example.com"], ["databases"], undefined],
  ["reading one subresource", ["get"], [""], ["pods/status"], undefined],
  ["a resource that is called much like a secret", ["get"], ["example.com"], ["secretstores"], undefined],
  ["no verb", [], [""], ["pods"], undefined],
  ["changing pods", ["get", "patch"], [""], ["pods"], "may do more than read"],
  ["deleting many", ["deletecollection"], ["apps"], ["deployments"], "may do more than read"],
  ["every verb", ["*"], [""], ["pods"], "may do more than read"],
  ["acting as somebody else", ["impersonate"], [""], ["users"], "may act as somebody else"],
  [
    "creating what only looks like a self-review",
    ["create"],
    ["example.com"],
    ["selfsubjectreviews"],
    "may do more than read",
  ],
  [
    "creating self-reviews and more",
    ["create"],
    ["authorization.k8s.io"],
    ["selfsubjectaccessreviews", "subjectaccessreviews"],
    "may do more than read",
  ],
  ["reading Secrets", ["get"], [""], ["pods", "secrets"], "reaches Secrets"],
  ["listing Secrets in any group", ["list"], ["*"], ["secrets"], "reaches Secrets"],
  ["opening a shell by GET", ["get"], [""], ["pods/exec"], "reaches into pods"],
  ["attaching", ["get"], [""], ["pods/attach"], "reaches into pods"],
  ["forwarding ports", ["get"], [""], ["pods/portforward"], "reaches into pods"],
  ["the kubelet", ["get"], [""], ["nodes/proxy"], "reaches a proxy subresource"],
  ["a service's proxy", ["get"], [""], ["services/proxy"], "reaches a proxy subresource"],
  ["any proxy", ["get"], [""], ["*/proxy"], "reaches every resource"],
  ["every subresource of pods", ["get"], [""], ["pods/*"], "reaches every resource"],
  ["tokens of accounts", ["get"], [""], ["serviceaccounts/token"], "makes tokens of other accounts"],
  ["reading everything", ["get", "list", "watch"], ["apps"], ["*"], "reaches every resource"],
];

describe("a rule for", () => {
  it("is one of this many here", () => {
    expect(RULES).toHaveLength(21);
  });

  it.each(RULES)("%s", (_, verbs, groups, resources, why) => {
    const offences = offencesIn(RulesReview.parse(withRule(verbs, groups, resources)));

    expect(offences.map((offence) => offence.why)).toEqual(why === undefined ? [] : [why]);
  });

  it.each([
    [["get"], ["*"], 0],
    [["*"], ["*"], 1],
    [["post"], ["/logs"], 1],
  ])("paths that are no resources: %j on %j", (verbs, nonResourceURLs, count) => {
    const status = { ...reader.status, nonResourceRules: [{ verbs, nonResourceURLs }] };

    expect(offencesIn({ ...reader, status })).toHaveLength(count);
  });
});

describe("the namespaces that are asked about", () => {
  it("are those that exist and match, where the list has globs", async () => {
    const { proof } = account(() => READER, ["team-*", "shop"], ["team-a", "team-b", "other", "kube-system"]);

    expect((await proof.refresh()).namespaces).toEqual(["default", "gatehouse", "shop", "team-a", "team-b"]);
  });

  it("are fifty of the open ones at most, and it is said when there are more", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `team-${index}`);

    const verdict = await account(() => READER, ["*"], many).proof.refresh();

    expect(verdict.namespaces).toHaveLength(52);
    expect(verdict).toMatchObject({ verdict: "proven", detail: "asked in 50 of 60 open namespaces" });
  });

  it("are unknown when the list has globs and namespaces cannot be listed: nothing is proven then", async () => {
    const verdict = await account(() => READER, ["*"]).proof.refresh();

    expect(verdict).toMatchObject({
      verdict: "unknown",
      detail: expect.stringContaining("bind gatehouse-read-cluster"),
    });
  });
});

describe("a verdict", () => {
  it("is unknown before the first check, and asks nobody by itself", () => {
    const { proof, asked } = account(() => READER);

    expect(proof.verdict()).toMatchObject({ verdict: "unknown", detail: "not asked yet" });
    expect(asked).toEqual([]);
  });

  it("is not reached when the API server lists only some of the rules", async () => {
    const incomplete = { ...reader, status: { ...reader.status, incomplete: true } };

    expect(await account(() => incomplete).proof.refresh()).toMatchObject({
      verdict: "unknown",
      incomplete: true,
      detail: expect.stringContaining("cannot list all rules"),
    });
  });

  it.each([
    ["no review", { kind: "Status" }],
    ["nothing", undefined],
    ["a text", "SelfSubjectRulesReview"],
  ])("is not reached when the answer is %s", async (_, answer) => {
    expect(await account(() => answer).proof.refresh()).toMatchObject({ verdict: "unknown" });
  });

  it("is asked for once by many at a time, and again after an hour", async () => {
    const { proof, asked, state } = account(() => READER);

    await Promise.all([proof.refresh(), proof.refresh(), proof.refresh()]);
    state.now += HOUR - 1;
    await proof.refresh();
    expect(asked).toHaveLength(3);

    state.now += 1;
    await proof.refresh();
    expect(asked).toHaveLength(6);
  });

  it("changes within half a minute once a binding is mended", async () => {
    const { proof, changes, state } = account(() => ADMIN);
    await proof.refresh();

    state.review = () => READER;
    state.now += 30_000;

    expect(await proof.refresh()).toMatchObject({ verdict: "proven" });
    expect(changes.map(({ verdict }) => verdict)).toEqual(["violated", "proven"]);
  });

  it("holds for two hours when the API server cannot be asked again, and no longer", async () => {
    const { proof, state } = account(() => READER);
    await proof.refresh();
    state.isUp = false;

    state.now += 2 * HOUR - 1;
    const held = await proof.refresh();
    state.now += 1;

    expect(held).toMatchObject({ verdict: "proven", checked_at: AT, detail: expect.stringContaining("ECONNREFUSED") });
    expect(proof.verdict()).toMatchObject({ verdict: "unknown", detail: expect.stringContaining("ECONNREFUSED") });
  });

  it("shows no more than the beginning of a rule, cleaned", () => {
    const names = Array.from({ length: 40 }, (_, index) => `thing-${index}\u001b[31m`);
    const review = z.unknown().parse(withRule(["create"], [""], names));

    const [offence] = offencesIn(RulesReview.parse(review));

    expect(offence?.on).toHaveLength(12);
    expect(offence?.on[0]).toBe("thing-0");
  });
});
