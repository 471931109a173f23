// Switch a tool off or on, or limit it otherwise, while sessions are open.

import * as z from "zod";
import { Rate } from "../limits/rate.ts";
import { err, ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";

const ALWAYS_ON: readonly string[] = ["tools.configure", "mcp.tools.list"];

export const toolsConfigure = defineTool({
  name: "tools.configure",
  description:
    "Switch a tool of this deployment off or on, or change its rate limit, at once and for every open session.",
  effect: "write",
  requires: "keys:admin",
  rate: "20/minute",
  uses: ["catalogue", "settings"],
  input: () =>
    z.strictObject({
      tool: z.string().max(128).describe("Canonical name of the tool, such as k8s.list_pods"),
      enabled: z
        .boolean()
        .optional()
        .describe("false takes the tool away from every session; true, or left out, has it on"),
      rate_limit: Rate.optional().describe("Calls per session, such as 20/minute; left out, the declared limit holds"),
    }),
  output: () => z.object({ tool: z.string(), enabled: z.boolean(), rate_limit: z.string() }),

  async run({ tool: name, enabled, rate_limit }, { catalogue, settings }) {
    const declared = catalogue.declaredRate(name);
    if (!declared) return err({ kind: "not_found", message: `There is no tool ${JSON.stringify(name)}.` });
    if (ALWAYS_ON.includes(name) && enabled === false) {
      return err({
        kind: "forbidden",
        message: `${name} cannot be switched off: without it nobody could find or undo the change.`,
      });
    }

    const setting = {
      ...(enabled === undefined ? {} : { enabled }),
      ...(rate_limit === undefined ? {} : { rate_limit }),
    };
    const changed = await settings.change(name, setting);
    return changed.ok ? ok({ tool: name, enabled: enabled ?? true, rate_limit: rate_limit ?? declared }) : changed;
  },
});
