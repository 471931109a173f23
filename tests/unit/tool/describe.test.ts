import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ToolDefinition } from "../../../src/tool/definition.ts";
import { describe as definition } from "../../../src/tool/describe.ts";
import { defineTool } from "../../../src/tool/tool.ts";
import { ok } from "../../../src/result.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import type { Requirement } from "../../../src/access/permission.ts";

describe("the definition of a tool", () => {
  it.each<readonly [Requirement, readonly string[], string]>([
    ["public", [], "public"],
    ["authenticated", [], "authenticated"],
    ["k8s:read", ["k8s:read"], "permission"],
  ])("says whom it is for: %s", (requires, permissions, access) => {
    expect(definition(sampleTool({ requires }), [])).toMatchObject({ permissions, access });
  });

  it("names a cost only where it is not one, as it is for most", () => {
    expect(definition(sampleTool({ cost: 5 }), [])).toMatchObject({ cost: 5 });
    expect(definition(sampleTool({ cost: 0 }), [])).toMatchObject({ cost: 0 });
    expect(definition(sampleTool(), [])).not.toHaveProperty("cost");
  });

  it("gives each parameter its type, whether it is required, its bounds, default and description", () => {
    const tool = defineTool({
      name: "sample.all",
      description: "One parameter of every sort, for tests.",
      effect: "destroy",
      requires: "public",
      rate: "1/second",
      uses: [],
      input: () =>
        z.strictObject({
          text: z.string().max(5).describe("Some text"),
          count: z.int().min(1).max(9).default(3).describe("How many"),
          any: z.unknown().describe("Anything"),
          maybe: z.boolean().optional(),
          list: z.array(z.string()),
        }),
      output: () => z.object({}),
      run: () => Promise.resolve(ok({})),
    });

    const described = definition(tool, []);

    expect(described.parameters).toEqual({
      text: { type: "string", required: true, maxLength: 5, description: "Some text" },
      count: { type: "integer", required: false, minimum: 1, maximum: 9, default: 3, description: "How many" },
      any: { type: "any", required: true, description: "Anything" },
      maybe: { type: "boolean", required: false },
      list: { type: "array", required: true, items: { type: "string" } },
    });
    expect(described.effect).toBe("destroy");
    expect(ToolDefinition.safeParse(described).success).toBe(true);
  });
});
