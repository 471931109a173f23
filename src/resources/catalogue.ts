// The tools the reader may call.

import type { Resource } from "../tool/resource.ts";

export const catalogue: Resource = {
  uri: "gatehouse://catalogue",
  name: "catalogue",
  title: "Tools you may call",
  description: "Every tool you may call, with its parameters, the permissions it needs and its rate limit.",
  mimeType: "application/json",
  tool: "mcp.tools.list",
  args: () => ({}),
  changes: { with: "tools" },
};
