import { describe, expect, it } from "vitest";
import { canonical, digestOf } from "../../../src/runbooks/digest.ts";
import { checkParameters, inputSchemaOf, paramsDigest } from "../../../src/runbooks/parameters.ts";
import { Runbook } from "../../../src/runbooks/runbook.ts";
import { written } from "../../support/written-runbook.ts";

const runbook = Runbook().parse(
  written({
    parameters: {
      type: "object",
      additionalProperties: false,
      required: ["namespace", "replicas"],
      properties: {
        namespace: { type: "string", description: "Where", pattern: "^[a-z-]+$", maxLength: 10 },
        kind: { type: "string", description: "What", enum: ["Deployment", "StatefulSet"], default: "Deployment" },
        replicas: { type: "integer", description: "How many", minimum: 1, maximum: 50 },
        is_forced: { type: "boolean", description: "Whether", default: false },
        revision: { type: "integer", description: "Which", minimum: 1, maximum: 9 },
      },
    },
  }),
);

const check = (given: unknown) => checkParameters(runbook, given);
const faults = (given: unknown) => {
  const checked = check(given);
  return checked.ok ? [] : checked.error.issues.map(({ path, message }) => `${path} ${message}`);
};

describe("what a runbook is given", () => {
  it("comes back with every default filled in, and nothing for what has none", () => {
    expect(check({ replicas: 3, namespace: "shop" })).toEqual({
      ok: true,
      value: { namespace: "shop", kind: "Deployment", replicas: 3, is_forced: false },
    });
  });

  it("is refused with all that is wrong with it", () => {
    const known = "namespace, kind, replicas, is_forced, revision";

    expect(faults({ kind: "Pod", replicas: 51, is_forced: "true", revision: 1.5, nmae: 1 })).toEqual([
      `params.nmae is not a parameter of this runbook; there are ${known}`,
      "params.namespace is required",
      "params.kind must be one of: Deployment, StatefulSet",
      "params.replicas must be a whole number from 1 to 50",
      "params.is_forced must be true or false",
      "params.revision must be a whole number from 1 to 9",
    ]);
  });

  it.each([
    ["SHOP", "params.namespace must match ^[a-z-]+$"],
    ["shop\n", "params.namespace must not hold line breaks or characters that cannot be seen"],
    ["a\u202Eb", "params.namespace must not hold line breaks or characters that cannot be seen"],
    ["a\u200Bb", "params.namespace must not hold line breaks or characters that cannot be seen"],
    ["a\ud800", "params.namespace must not hold line breaks or characters that cannot be seen"],
    ["abcdefghijk", "params.namespace must be at most 10 characters"],
    [["shop"], "params.namespace must be a text"],
    [null, "params.namespace must be a text"],
    [7, "params.namespace must be a text"],
  ])("may not have the namespace %j", (namespace, fault) => {
    expect(faults({ namespace, replicas: 1 })).toEqual([fault]);
  });

  it.each([["1"], [0], [51], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY], [2 ** 60], [true], [[1]]])(
    "may not have %j replicas",
    (replicas) => {
      expect(faults({ namespace: "shop", replicas })).toEqual(["params.replicas must be a whole number from 1 to 50"]);
    },
  );

  it.each([["x"], [[]], [7], [true]])("is an object, not %j", (given) => {
    expect(faults(given)).toEqual(["params must be an object"]);
  });

  it("may be nothing where nothing is required", () => {
    const none = { parameters: { ...runbook.parameters, required: [] } };

    expect(checkParameters(none, undefined)).toEqual({ ok: true, value: { kind: "Deployment", is_forced: false } });
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "has no parameter %s because objects do",
    (name) => {
      const given: unknown = JSON.parse(`{"namespace": "shop", "replicas": 1, "${name}": {"x": 1}}`);

      expect(faults(given)).toEqual([expect.stringContaining(`params.${name} is not a parameter`)]);
    },
  );

  it("is refused briefly, however much is wrong with it", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${"x".repeat(500)}${index}`, 1]));

    expect(faults(many)).toHaveLength(20);
    expect(JSON.stringify(check(many)).length).toBeLessThan(6_000);
  });

  it("is described for forms and models in JSON Schema", () => {
    expect(inputSchemaOf(runbook)).toMatchObject({
      type: "object",
      additionalProperties: false,
      required: ["namespace", "replicas"],
      properties: { replicas: { type: "integer", minimum: 1, maximum: 50 }, kind: { default: "Deployment" } },
    });
  });
});

describe("the digest of what is given", () => {
  it("does not depend on the order in which it is given", () => {
    expect(paramsDigest({ a: 1, b: "x", c: true })).toBe(paramsDigest({ c: true, a: 1, b: "x" }));
  });

  it.each([[{ a: 1, b: "y" }], [{ a: "1", b: "x" }], [{ a: 1 }], [{ a: 1, b: "x", c: false }], [{ a: 1, B: "x" }]])(
    "is another one for %j",
    (other) => {
      expect(paramsDigest(other)).not.toBe(paramsDigest({ a: 1, b: "x" }));
    },
  );

  it("is of text as RFC 8785 has it", () => {
    // §3.2.3: keys by their UTF-16 units, so the surrogates of an emoji stand before U+FB33.
    const value = {
      "\ufb33": 1,
      "😀": 2,
      "€": [3, { b: null, a: 1e21 }],
      "1": 0.1,
      "\r": '\u000f"é',
      skipped: undefined,
    };

    expect(canonical(value)).toBe('{"\\r":"\\u000f\\"é","1":0.1,"€":[3,{"a":1e+21,"b":null}],"😀":2,"\ufb33":1}');
    expect(digestOf({ b: 1, a: 2 })).toBe("d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772");
  });
});
