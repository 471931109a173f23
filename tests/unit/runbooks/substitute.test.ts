import { describe, expect, it } from "vitest";
import { savedOf } from "../../../src/runbooks/path.ts";
import { render, renderMessage, substitute } from "../../../src/runbooks/substitute.ts";
import type { Scope } from "../../../src/runbooks/reference.ts";

const SCOPE: Scope = {
  params: { name: "web", replicas: 3, is_forced: true },
  steps: { before: { workload: { desired: 2, images: ["a:1", "b:2"], labels: { constructor: "x" } }, empty: {} } },
};

describe("an argument", () => {
  it("keeps the type of the value that takes its place", () => {
    const args = {
      name: "${params.name}",
      replicas: "${params.replicas}",
      forced: "${params.is_forced}",
      before: "${steps.before.workload.desired}",
      image: "${steps.before.workload.images.1}",
      literal: "Deployment",
      limit: 5,
    };

    expect(substitute(args, SCOPE)).toEqual({
      ok: true,
      value: { name: "web", replicas: 3, forced: true, before: 2, image: "b:2", literal: "Deployment", limit: 5 },
    });
  });

  it("is left out where its parameter was not given", () => {
    expect(substitute({ name: "${params.name}", to: "${params.to_revision}" }, SCOPE)).toEqual({
      ok: true,
      value: { name: "web" },
    });
  });

  it("is not looked at again once its value is there", () => {
    const scope = { ...SCOPE, params: { name: "${steps.before.workload.desired}", other: "${params.name}" } };

    expect(substitute({ a: "${params.name}", b: "${params.other}" }, scope)).toEqual({
      ok: true,
      value: { a: "${steps.before.workload.desired}", b: "${params.name}" },
    });
  });

  it.each([
    "${params.name}-x",
    "x${params.name}",
    " ${params.name}",
    "${params.name}\n",
    "${ params.name }",
    "$${params.name}",
    "${params.__proto__}",
    "${params.name.length}",
    "${steps.before.__proto__.x}",
    "${steps.before}",
    "${result.x}",
    "${env.SECRET}",
    "${steps.before.a[0]}",
    "$(id)",
  ])("%j is a text like any other", (text) => {
    expect(substitute({ a: text }, SCOPE)).toEqual({ ok: true, value: { a: text } });
  });

  it.each([
    ["${steps.before.workload.nothing}", "a: the answer has no steps.before.workload.nothing."],
    ["${steps.before.workload.constructor}", "a: the answer has no steps.before.workload.constructor."],
    ["${steps.before.constructor.name}", "a: the answer has no steps.before.constructor.name."],
    ["${steps.before.workload.images.length}", "a: the answer has no steps.before.workload.images.length."],
    ["${steps.before.workload.images.7}", "a: the answer has no steps.before.workload.images.7."],
    ["${steps.before.workload.images}", "a: what is to stand there is a list or an object, not one value."],
    ["${steps.before.empty}", "a: what is to stand there is a list or an object, not one value."],
    ["${steps.after.x}", "steps.after.x is not known yet: its step has not been done."],
    ["${steps.constructor.name}", "steps.constructor.name is not known yet: its step has not been done."],
  ])("%s cannot be had", (text, error) => {
    expect(substitute({ a: text }, SCOPE)).toEqual({ ok: false, error });
  });

  it("is never longer than any tool takes", () => {
    const scope = { ...SCOPE, steps: { before: { text: "x".repeat(1_025) } } };

    expect(substitute({ a: "${steps.before.text}" }, scope)).toEqual({
      ok: false,
      error: "a: what is to stand there is longer than 1024 characters.",
    });
  });

  it("of a step that has yet to be done stays as it is written, where that is asked for", () => {
    expect(render({ a: "${steps.later.x}", b: "${params.name}" }, SCOPE)).toEqual({
      ok: true,
      value: { args: { a: "${steps.later.x}", b: "web" }, later: ["steps.later.x"] },
    });
  });

  it("may be named as what every object inherits", () => {
    const args: unknown = JSON.parse('{"__proto__": "${params.name}", "constructor": "x"}');
    const rendered = substitute(
      Object.fromEntries(Object.entries(args ?? {}).map(([key, value]) => [key, String(value)])),
      SCOPE,
    );

    expect(JSON.stringify(rendered)).toBe('{"ok":true,"value":{"__proto__":"web","constructor":"x"}}');
    expect(Object.hasOwn(Object.prototype, "web")).toBe(false);
  });
});

describe("a message", () => {
  it("has its values in the middle of its words", () => {
    const text =
      "Scaled ${params.name} from ${steps.before.workload.desired} to ${params.replicas}: ${params.is_forced}";

    expect(renderMessage(text, SCOPE)).toBe("Scaled web from 2 to 3: true");
  });

  it("says what it does not know, and keeps what is still to come as it is written", () => {
    const text = "${params.nothing}, ${steps.before.workload.x}, ${steps.before.workload.images}, ${steps.later.x}";

    expect(renderMessage(text, SCOPE)).toBe(
      "(params.nothing is not known), (steps.before.workload.x is not known), (steps.before.workload.images is too much to show), ${steps.later.x}",
    );
  });

  it("does not look into its values for more to fill in", () => {
    expect(renderMessage("${params.a}", { params: { a: "${params.b}", b: "secret" }, steps: {} })).toBe("${params.b}");
  });

  it("stays one line in which nothing is hidden or turned round", () => {
    const scope = { params: { a: "x\n*bold*\r\u0000\u202Egnp.exe\u200B\u2028y\ud800" }, steps: {} };

    expect(renderMessage("Told:\n${params.a}", scope)).toBe("Told: x *bold* gnp.exe y\uFFFD");
  });

  it("is bounded, and so is every value in it", () => {
    const scope = { params: { a: "x".repeat(900) }, steps: {} };

    expect(renderMessage("${params.a}", scope)).toHaveLength(201);
    expect(renderMessage("${params.a}".repeat(20), scope)).toHaveLength(1_001);
  });
});

describe("what is saved of an answer", () => {
  const ANSWER = {
    workload: { desired: 2, hpa: { max: 5 }, secret: "not asked for" },
    nodes: [{ name: "a", ready: true }, { name: "b" }, 7],
    text: "x".repeat(3_000),
  };

  it("is what is named, in the shape that it has", () => {
    expect(savedOf(["workload.desired", "workload.hpa.max"], ANSWER)).toEqual({
      ok: true,
      value: { workload: { desired: 2, hpa: { max: 5 } } },
    });
  });

  it("is a column of a list, of those items that have it", () => {
    expect(savedOf(["nodes.*.name", "nodes.*.ready"], ANSWER)).toEqual({
      ok: true,
      value: { nodes: { name: ["a", "b"], ready: [true] } },
    });
  });

  it("leaves out what is not there, and nothing else", () => {
    const paths = [
      "workload.paused",
      "workload.hpa.min",
      "pods.total",
      "events.*.message",
      "workload.desired.x",
      "text.*.x",
    ];

    expect(savedOf(paths, ANSWER)).toEqual({ ok: true, value: { workload: { hpa: {} } } });
    expect(savedOf(["nodes.*.a.b"], ANSWER)).toEqual({ ok: true, value: { nodes: { a: { b: [] } } } });
  });

  it("has long texts cut", () => {
    const saved = savedOf(["text"], ANSWER);

    expect(saved).toEqual({ ok: true, value: { text: `${"x".repeat(1_024)}…` } });
  });

  it("is 16 KiB at most", () => {
    const many = { rows: Array.from({ length: 40 }, () => ({ text: "ü".repeat(400) })) };

    expect(savedOf(["rows.*.text"], many)).toEqual({
      ok: false,
      error: "What is to be saved (rows.*.text) is more than 16384 bytes.",
    });
  });

  it.each(["__proto__.x", "workload.__proto__", "*", "nodes.*", "nodes.*.a.*.b", "a..b", "", "a b", "a.b\n"])(
    "cannot be named by %j",
    (path) => {
      expect(savedOf(["workload.desired", path], ANSWER)).toEqual({ ok: false, error: `${path} is no path.` });
    },
  );

  it("is an answer's own, and not what every object inherits", () => {
    const saved = savedOf(["constructor.prototype.x", "workload.toString", "nodes.length"], ANSWER);

    expect(saved).toEqual({ ok: true, value: { workload: {} } });
    expect({}).not.toHaveProperty("x");
  });
});
