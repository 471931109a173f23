// From schema and typed text to the arguments of a call.

import { describe, expect, it } from "vitest";
import { readForm } from "../../src/tools/arguments.ts";
import { fieldsOf } from "../../src/tools/fields.ts";

const read = (schema: object, typed: string) => {
  const { args, faults } = readForm(fieldsOf({ properties: { it: schema } }, []), { it: typed });
  return faults.it ?? args.it;
};

describe("what is typed", () => {
  it.each([
    [{ type: "string" }, " kept ", " kept "],
    [{ type: "string", maxLength: 2 }, "😀😀", "😀😀"],
    [{ type: "integer" }, " 7 ", 7],
    [{ type: "integer", maximum: 10 }, "1e1", 10],
    [{ type: "number" }, "-0.5", -0.5],
    [{ type: "boolean" }, "false", false],
    [{ type: "string", enum: ["a", "b"] }, "b", "b"],
    [{ type: "array", items: { type: "string" } }, "a\n \nb", ["a", "b"]],
    [{ type: "array", items: { type: "object" } }, '[{"a":1}]', [{ a: 1 }]],
    [{ type: "object" }, '{"a":{"b":null}}', { a: { b: null } }],
    [{}, "0", 0],
    [{ anyOf: [{ type: "string" }, { type: "string", pattern: "^x" }] }, "now-1h", "now-1h"],
    // What this browser cannot read it leaves to the server.
    [{ type: "string", pattern: "(" }, "anything", "anything"],
  ])("under %j, %j becomes %j", (schema, typed, value) => {
    expect(read(schema, typed)).toEqual(value);
  });

  it.each([
    [{ type: "string", minLength: 2 }, "a", "Must have at least 2 characters."],
    [{ type: "string", maxLength: 2 }, "abc", "Must have at most 2 characters; it has 3."],
    [{ type: "string", pattern: "^[a-z]+$" }, "A", "Must have the form ^[a-z]+$"],
    [{ type: "integer" }, "1.5", "Must be a whole number."],
    [{ type: "integer" }, "0x10", "Must be a number."],
    [{ type: "integer" }, "99999999999999999999", "Must be a whole number."],
    [{ type: "number" }, "Infinity", "Must be a number."],
    [{ type: "integer", minimum: 1 }, "0", "Must be at least 1."],
    [{ type: "integer", maximum: 5 }, "6", "Must be at most 5."],
    [{ type: "number", exclusiveMinimum: 0 }, "0", "Must be more than 0."],
    [{ type: "number", exclusiveMaximum: 1 }, "1", "Must be less than 1."],
    [{ type: "string", enum: ["a"] }, "b", "Must be one of a."],
    [{ type: "array", minItems: 2, items: { type: "string" } }, "a", "Give at least 2."],
    [{ type: "array", maxItems: 1, items: { type: "string" } }, "a\nb", "Give at most 1; there are 2."],
    [{ type: "object" }, "[]", 'Must be an object: {"name": "value"}'],
    [{ type: "array", items: {} }, "{}", 'Must be a list: ["one", "two"]'],
    [{}, "{", expect.stringMatching(/^Is not JSON: /)],
  ])("under %j, %j is refused: %s", (schema, typed, fault) => {
    expect(read(schema, typed)).toEqual(fault);
  });

  it("is left out where it is empty, and missed where it is needed", () => {
    const schema = { properties: { a: { type: "integer" }, b: { type: "string" } }, required: ["a"] };

    expect(readForm(fieldsOf(schema, []), {})).toEqual({ args: {}, faults: { a: "Is needed." } });
  });
});

describe("the fields of a schema", () => {
  it("has those that are needed first, but for what has a default", () => {
    const schema = {
      properties: { a: { type: "string" }, b: { type: "string" }, c: { type: "string", default: "x" } },
      required: ["b", "c"],
    };

    expect(fieldsOf(schema, []).map(({ name, isRequired }) => `${name} ${isRequired}`)).toEqual([
      "b true",
      "a false",
      "c false",
    ]);
  });

  it.each([
    [[], "text", false],
    [["one"], "choice", false],
    [["one", "two"], "choice", true],
  ])("lets one choose among the clusters %j", (clusters, kind, isRequired) => {
    const [cluster] = fieldsOf({ properties: { cluster: { type: "string" } } }, clusters);

    expect(cluster).toMatchObject({ kind, isRequired, options: clusters });
  });

  it("makes nothing of what is no schema", () => {
    expect(fieldsOf({ properties: [1], required: "a" }, [])).toEqual([]);
    expect(fieldsOf({ properties: { a: 1 } }, [])).toMatchObject([{ name: "a", kind: "json", isRequired: false }]);
  });
});
