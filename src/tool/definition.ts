// A tool as a caller sees it: what `mcp.tools.list` returns and docs/tools.md prints.

import * as z from "zod";
import { PERMISSIONS } from "../access/permission.ts";

export const ToolDefinition = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.looseObject({ type: z.string(), required: z.boolean() })),
  /** Empty for a tool that asks for no permission: `access` says whether it asks for a credential. */
  permissions: z.array(z.enum(PERMISSIONS)),
  access: z.enum(["public", "authenticated", "permission"]),
  effect: z.enum(["read", "write", "destroy"]),
  rate_limit: z.string(),
  /** Units of the caller's quota; left out where a call costs one, as most do. */
  cost: z.int().optional(),
});
export type ToolDefinition = z.output<typeof ToolDefinition>;
