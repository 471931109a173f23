// The product's tools, and one more that reaches nothing: what a call costs is then the engine's doing.

import * as z from "zod";
import { ok } from "../../src/result.ts";
import { defineTool } from "../../src/tool/tool.ts";
import { toolset as product } from "../../src/toolset.ts";
import { ECHOED } from "./echoed.ts";
import type { Toolset } from "../../src/tool/toolset.ts";

const benchEcho = defineTool({
  name: "bench.echo",
  description: "Answer what is known of a service beforehand, whatever was asked.",
  effect: "read",
  requires: "authenticated",
  rate: "9999999/second",
  uses: [],
  input: () =>
    z.strictObject({
      namespace: z.string().min(1).max(253).describe("Namespace of the service"),
      label_selector: z.string().max(512).optional().describe("A label selector"),
      limit: z.int().min(1).max(500).optional().describe("How many at most"),
    }),
  output: () => z.object({ service: z.string(), state: z.string(), since: z.string(), reasons: z.array(z.string()) }),

  run: () => Promise.resolve(ok(ECHOED)),
});

export const toolset: Toolset = { ...product, tools: [...product.tools, benchEcho] };
