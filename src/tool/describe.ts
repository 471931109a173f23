// A tool as a caller sees it: the definition that `mcp.tools.list` returns and docs/tools.md prints.

import * as z from "zod";
import { PERMISSIONS } from "../access/permission.ts";
import type { Tool } from "./tool.ts";

export const ToolDefinition = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.looseObject({ type: z.string(), required: z.boolean() })),
  /** Empty for a tool that asks for no permission: `access` says whether it asks for a credential. */
  permissions: z.array(z.enum(PERMISSIONS)),
  access: z.enum(["public", "authenticated", "permission"]),
  effect: z.enum(["read", "write", "destroy"]),
  rate_limit: z.string(),
});
export type ToolDefinition = z.output<typeof ToolDefinition>;

export function describe(tool: Tool): ToolDefinition {
  const { name, description, requires, effect, rate } = tool;
  const isOpen = requires === "public" || requires === "authenticated";
  return {
    name,
    description,
    parameters: tool.parameters(),
    permissions: isOpen ? [] : [requires],
    access: isOpen ? requires : "permission",
    effect,
    rate_limit: rate,
  };
}
