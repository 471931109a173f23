// What changes between two templates: as a patch that makes one of the other, and as lines that show no secret.
import { describe, expect, it } from "vitest";
import { diffLines } from "../../src/actions/diff.ts";
import { mergePatch } from "../../src/actions/merge-patch.ts";

describe("the patch from one object to another", () => {
  it.each([
    ["nothing", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, undefined],
    ["a value", { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ["a field that goes", { a: 1, b: { c: 1, d: 2 } }, { a: 1, b: { d: 2 } }, { b: { c: null } }],
    ["a field that comes", { a: {} }, { a: { b: {} } }, { a: { b: {} } }],
    ["a whole branch that goes", { a: { b: { c: 1 } } }, {}, { a: null }],
    ["a list, as a whole", { a: [{ name: "x", v: 1 }] }, { a: [{ name: "x", v: 2 }] }, { a: [{ name: "x", v: 2 }] }],
    ["a list that is longer", { a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
    ["an object for a text", { a: "x" }, { a: { b: 1 } }, { a: { b: 1 } }],
    ["null for nothing, which is the same", { a: null }, {}, undefined],
    ["nothing for null, which is the same", {}, { a: null }, undefined],
    ["the order of fields in a list, which is the same", { a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }, undefined],
  ])("holds %s", (_, before, after, patch) => {
    expect(mergePatch(before, after)).toEqual(patch);
  });
});

const of = (container: object, more: object = {}) => ({
  spec: { containers: [{ name: "web", ...container }], ...more },
});

describe("the lines of a change", () => {
  it.each([
    ["an image", of({ image: "a:1" }), of({ image: "a:2" }), ["t.spec.containers[web].image: a:1 → a:2"]],
    [
      "a number",
      of({ ports: [{ name: "http", containerPort: 80 }] }),
      of({ ports: [{ name: "http", containerPort: 81 }] }),
      ["t.spec.containers[web].ports[http].containerPort: 80 → 81"],
    ],
    ["a field that comes", of({}), of({ tty: true }), ["t.spec.containers[web].tty: (none) → true"]],
    [
      "a container that goes",
      {
        spec: {
          containers: [
            { name: "a", image: "x" },
            { name: "b", image: "y" },
          ],
        },
      },
      { spec: { containers: [{ name: "b", image: "y" }] } },
      ["t.spec.containers[a].image: x → (none)"],
    ],
    [
      "a list of values",
      of({}, { tolerations: [{ key: "a" }] }),
      of({}, { tolerations: [{ key: "b" }] }),
      ['t.spec.tolerations: [{"key":"a"}] → [{"key":"b"}]'],
    ],
    [
      "an empty object",
      of({}, { volumes: [{ name: "v", emptyDir: {} }] }),
      of({}),
      ["t.spec.volumes[v].emptyDir: {} → (none)"],
    ],
  ])("tell %s", (_, before, after, lines) => {
    expect(diffLines("t", before, after)).toEqual(lines);
  });

  it.each([
    ["a variable", { env: [{ name: "MODE", value: "hunter2" }] }, { env: [{ name: "MODE", value: "hunter3" }] }],
    ["a variable that comes", {}, { env: [{ name: "MODE", value: "hunter2" }] }],
    ["an argument", { args: ["--user", "hunter2"] }, { args: ["--user", "hunter3"] }],
    ["a command", { command: ["sh", "-c", "login hunter2"] }, { command: ["sh", "-c", "login hunter3"] }],
    ["a probe's header", { livenessProbe: { httpGet: { httpHeaders: [{ name: "X", value: "hunter2" }] } } }, {}],
    ["a probe's program", { livenessProbe: { exec: { command: ["check", "hunter2"] } } }, {}],
    ["a field that is called a secret", { adminPassword: "hunter2" }, { adminPassword: 4711 }],
    ["a text that looks like one", { image: "https://me:hunter2@registry/x" }, { image: "registry/x" }],
    ["what was applied", { "kubectl.kubernetes.io/last-applied-configuration": "hunter2" }, {}],
  ])("say that it changes, and do not show it: %s", (_, before, after) => {
    const lines = diffLines("t", of(before), of(after)).join("\n");

    expect(lines).toContain(" → ");
    expect(lines).not.toMatch(/hunter|4711/);
  });

  it("keep tricks and long texts of the cluster away from who reads them", () => {
    const [line = ""] = diffLines("t", of({ image: "a" }), of({ image: `b\u001b[2J\u202e${"c".repeat(1_000)}` }));

    expect(line.length).toBeLessThan(300);
    expect(line).not.toMatch(/[\u001b\u202e]/);
  });

  it("are fifty at most, and say how many more", () => {
    const many = (value: number) => Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, value]));

    const lines = diffLines("t", many(1), many(2));

    expect([lines.length, lines.at(-1)]).toEqual([51, "… and 10 more"]);
  });
});
