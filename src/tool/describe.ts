// From a tool to its definition.

import type { ToolDefinition } from "./definition.ts";
import type { Tool } from "./tool.ts";

export function describe(tool: Tool, clusters: readonly string[]): ToolDefinition {
  const { name, description, requires, effect, rate, cost } = tool;
  const isOpen = requires === "public" || requires === "authenticated";
  return {
    name,
    description,
    parameters: tool.parameters(clusters),
    permissions: isOpen ? [] : [requires],
    access: isOpen ? requires : "permission",
    effect,
    rate_limit: rate,
    ...(cost === 1 ? {} : { cost }),
  };
}
