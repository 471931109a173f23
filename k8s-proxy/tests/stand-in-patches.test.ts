// The three kinds of patches that the stand-in reads, and the arithmetic of its rollouts, each by itself.
import { describe, expect, it } from "vitest";
import { isSameTemplate, hashOf } from "../../dev/cluster/controllers/template.ts";
import { nextSizes } from "../../dev/cluster/controllers/rolling-update.ts";
import { jsonPatch } from "../../dev/cluster/writes/json-patch.ts";
import { mergePatch } from "../../dev/cluster/writes/merge-patch.ts";
import { strategicMergePatch } from "../../dev/cluster/writes/strategic-merge-patch.ts";

describe("a merge patch", () => {
  it.each([
    // RFC 7386, appendix A, those that are about objects.
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("of %j with %j is %j", (target, patch, wanted) => {
    expect(mergePatch(target, patch)).toEqual(wanted);
  });
});

describe("a strategic merge patch", () => {
  const containers = [
    { name: "web", image: "web:1", env: [{ name: "A", value: "1" }], args: ["x"] },
    { name: "sidecar", image: "side:1" },
  ];

  it.each([
    [
      "changes the item of that name",
      [{ name: "sidecar", image: "side:2" }],
      [containers[0], { name: "sidecar", image: "side:2" }],
    ],
    ["adds an item that is not there", [{ name: "new" }], [...containers, { name: "new" }]],
    ["takes one away", [{ name: "web", $patch: "delete" }], [containers[1]]],
    ["replaces the list", [{ $patch: "replace" }, { name: "only" }], [{ name: "only" }]],
    [
      "goes on inside an item",
      [{ name: "web", env: [{ name: "B", value: "2" }], args: ["y"] }],
      [
        { ...containers[0], env: [...(containers[0]?.env ?? []), { name: "B", value: "2" }], args: ["y"] },
        containers[1],
      ],
    ],
  ])("%s", (_, patch, wanted) => {
    expect(strategicMergePatch({ containers }, { containers: patch })).toEqual({ containers: wanted });
  });

  it.each([
    [{ a: { b: 1, c: 2 } }, { a: { $patch: "replace", d: 3 } }, { a: { d: 3 } }],
    [{ a: { b: 1 } }, { a: { $patch: "delete" } }, { a: {} }],
    [
      { strategy: { type: "RollingUpdate", rollingUpdate: {} } },
      { strategy: { $retainKeys: ["type"], type: "Recreate" } },
      { strategy: { type: "Recreate" } },
    ],
    [{ finalizers: ["a", "b"] }, { "$deleteFromPrimitiveList/finalizers": ["a"] }, { finalizers: ["b"] }],
    [{ finalizers: ["a"] }, { finalizers: ["b"] }, { finalizers: ["a", "b"] }],
    [{ tolerations: [{ key: "a" }] }, { tolerations: [{ key: "b" }] }, { tolerations: [{ key: "b" }] }],
    [{ env: [{ name: "A" }] }, { "$setElementOrder/env": [{ name: "A" }], env: [] }, { env: [{ name: "A" }] }],
    [{ a: 1, b: 2 }, { a: null }, { b: 2 }],
  ])("of %j with %j is %j", (target, patch, wanted) => {
    expect(strategicMergePatch(target, patch)).toEqual(wanted);
  });
});

describe("a JSON patch", () => {
  const document = { a: { "b/c": [1, 2] }, d: null };

  it.each([
    [[{ op: "add", path: "/a/b~1c/-", value: 3 }], { a: { "b/c": [1, 2, 3] }, d: null }],
    [[{ op: "add", path: "/a/b~1c/0", value: 0 }], { a: { "b/c": [0, 1, 2] }, d: null }],
    [[{ op: "remove", path: "/a/b~1c/1" }], { a: { "b/c": [1] }, d: null }],
    [[{ op: "replace", path: "/d", value: 1 }], { a: { "b/c": [1, 2] }, d: 1 }],
    [[{ op: "replace", path: "", value: {} }], {}],
    [[{ op: "test", path: "/a", value: { "b/c": [1, 2] } }], document],
  ])("of %j is done", (patch, wanted) => {
    expect(jsonPatch(document, patch)).toEqual(wanted);
  });

  it.each([
    [[{ op: "test", path: "/a", value: 1 }], 422],
    [[{ op: "remove", path: "/x" }], 422],
    [[{ op: "replace", path: "/x", value: 1 }], 422],
    [[{ op: "add", path: "/x/y", value: 1 }], 422],
    [[{ op: "replace", path: "/a/b~1c/2", value: 1 }], 422],
    [[{ op: "replace", path: "/a/b~1c/-", value: 1 }], 422],
    [[{ op: "add", path: "/d/x", value: 1 }], 422],
    [[{ op: "move", path: "/a", from: "/d" }], 400],
    [{ op: "test" }, 400],
  ])("of %j is refused", (patch, status) => {
    expect(() => jsonPatch(document, patch)).toThrow(expect.objectContaining({ status }));
  });
});

describe("a rollout", () => {
  const size = (name: string, replicas: number, available: number) => ({ name, replicas, available });
  const wanting = (replicas: number) => ({ replicas, maxSurge: 1, maxUnavailable: 0 });

  it.each([
    ["first makes room above", { ...wanting(3), current: size("new", 0, 0), former: [size("old", 3, 3)] }, { new: 1 }],
    ["waits for the new one to serve", { ...wanting(3), current: size("new", 1, 0), former: [size("old", 3, 3)] }, {}],
    [
      "lets one go for each that serves",
      { ...wanting(3), current: size("new", 1, 1), former: [size("old", 3, 3)] },
      { old: 2 },
    ],
    ["is done when the old are gone", { ...wanting(3), current: size("new", 3, 3), former: [size("old", 0, 0)] }, {}],
    [
      "keeps the broken one while nothing else serves",
      { ...wanting(1), current: size("new", 1, 0), former: [size("old", 1, 0)] },
      {},
    ],
    [
      "drops the broken ones first",
      { ...wanting(2), current: size("new", 1, 1), former: [size("old", 1, 1), size("bad", 1, 0)] },
      { bad: 0 },
    ],
    [
      "may go below when that is allowed",
      { replicas: 4, maxSurge: 0, maxUnavailable: 2, current: size("new", 0, 0), former: [size("old", 4, 4)] },
      { old: 2 },
    ],
    ["shrinks the only one", { ...wanting(1), current: size("new", 5, 5), former: [] }, { new: 1 }],
    [
      "grows the only one at once",
      { ...wanting(5), current: size("new", 2, 2), former: [size("old", 0, 0)] },
      { new: 5 },
    ],
  ])("%s", (_, rollout, wanted) => {
    expect(Object.fromEntries(nextSizes(rollout))).toEqual(wanted);
  });
});

describe("a template", () => {
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [] } };

  it.each([
    [{ ...template, metadata: { labels: { app: "web", "pod-template-hash": "abc" } } }, true],
    [{ ...template, metadata: { ...template.metadata, creationTimestamp: null, annotations: {} } }, true],
    [{ ...template, metadata: { ...template.metadata, annotations: { restarted: "now" } } }, false],
    [{ ...template, spec: { containers: [{}] } }, false],
  ])("is the same as %j: %s", (other, wanted) => {
    expect(isSameTemplate(template, other)).toBe(wanted);
    expect(hashOf(template) === hashOf(other)).toBe(wanted);
  });
});
