// What there is to call: the first thing an agent asks.

import * as z from "zod";
import { ToolList } from "../tool/definition.ts";
import { defineTool } from "../tool/tool.ts";
import { ok } from "../result.ts";

export const mcpToolsList = defineTool({
  name: "mcp.tools.list",
  description:
    "List the tools your roles allow, with their parameters, the permissions they need and their rate limits.",
  effect: "read",
  requires: "public",
  rate: "10/minute",
  // A list cut short would hide tools: its size is bounded by what may be registered, not here.
  maxResultBytes: 80 * 1024,
  uses: ["catalogue"],
  input: () => z.strictObject({}),
  output: ToolList,

  run(_input, { catalogue }, { grant }) {
    return Promise.resolve(ok(catalogue.listFor(grant.caller)));
  },
});
