// How much the caller may still ask for.

import * as z from "zod";
import { once } from "../once.ts";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";

const Use = once(() => z.object({ limit: z.int(), used: z.int(), left: z.int(), resets_at: z.iso.datetime() }));

export const quotaGet = defineTool({
  name: "quota.get",
  description:
    "Your quota, shared by all your sessions: limit, used and left for this minute, hour and day. used includes what your sessions hold leased. costs: tools that cost other than 1.",
  effect: "read",
  requires: "authenticated",
  rate: "30/minute",
  cost: 0,
  uses: ["catalogue", "quota"],
  input: () => z.strictObject({}),
  output: () => z.object({ minute: Use(), hour: Use(), day: Use(), costs: z.record(z.string(), z.int()) }),

  async run(_input, { catalogue, quota }, { grant }) {
    const used = await quota.of(grant.principal);
    if (!used.ok) return used;

    const { minute, hour, day } = used.value;
    const costs = catalogue
      .visibleTo(grant.caller)
      .flatMap(({ name, cost }) => (cost === undefined ? [] : [[name, cost] as const]));
    return ok({ minute: shown(minute), hour: shown(hour), day: shown(day), costs: Object.fromEntries(costs) });
  },
});

function shown({ resetsAtMs, ...use }: { limit: number; used: number; left: number; resetsAtMs: number }) {
  return { ...use, resets_at: new Date(resetsAtMs).toISOString() };
}
