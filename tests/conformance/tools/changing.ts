// A tool that changes what the server offers, and the tool that comes and goes by it.

import * as z from "zod";
import { ok } from "../../../src/result.ts";
import { defineTool } from "../../../src/tool/tool.ts";
import { blocksOf, canonical, fixture, nothing, say } from "../fixture.ts";

const COMES_AND_GOES = canonical("test_comes_and_goes");

export const changing = [
  fixture({
    name: "test_comes_and_goes",
    description: "Is there every other time one looks.",
    input: nothing,
    run: () => say("Here for now."),
  }),

  defineTool({
    name: canonical("test_trigger_tool_change"),
    description: "Takes a tool away, or brings it back.",
    effect: "write",
    requires: "authenticated",
    rate: "1000/second",
    uses: ["catalogue", "settings"],
    input: nothing,
    output: () => z.object({ content: z.array(z.object({ type: z.literal("text"), text: z.string() })) }),
    content: blocksOf,
    async run(_input, { catalogue, settings }, { grant }) {
      const isThere = catalogue.visibleTo(grant.caller).some(({ name }) => name === COMES_AND_GOES);
      const changed = await settings.change(COMES_AND_GOES, { enabled: !isThere });
      if (!changed.ok) return changed;
      return ok({ content: [{ type: "text" as const, text: isThere ? "Taken away." : "Brought back." }] });
    },
  }),
];
