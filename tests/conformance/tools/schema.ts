// A tool whose input schema uses words of JSON Schema 2020-12 that no schema of ours does: they must reach the client as they are.

import * as z from "zod";
import { fixture, say } from "../fixture.ts";
import type { Tool } from "../../../src/tool/tool.ts";

const SCHEMA: ReturnType<Tool["inputSchema"]> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

export const schemaTool: Tool = {
  ...fixture({
    name: "json_schema_2020_12_tool",
    description: "Tool with JSON Schema 2020-12 features",
    input: () => z.looseObject({}),
    run: () => say("The schema is what this tool is for."),
  }),
  inputSchema: () => SCHEMA,
};
