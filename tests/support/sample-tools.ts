// Tools made for tests: one that does what the test says, and its like for effects.

import * as z from "zod";
import { ok } from "../../src/result.ts";
import { defineTool } from "../../src/tool/tool.ts";
import type { Result } from "../../src/result.ts";
import type { Requirement } from "../../src/access/permission.ts";
import type { Rate } from "../../src/limits/rate.ts";
import type { ToolFailure } from "../../src/tool/failure.ts";
import type { Call, Tool } from "../../src/tool/tool.ts";

export interface Sample {
  readonly name?: string;
  readonly effect?: "read" | "write" | "destroy";
  readonly requires?: Requirement;
  readonly rate?: Rate;
  readonly cost?: number;
  readonly timeoutMs?: number;
  readonly maxResultBytes?: number;
  readonly omitFromAudit?: readonly string[];
  readonly run?: (call: Call) => Promise<Result<{ done: unknown }, ToolFailure>>;
}

/** Takes a `note` and nothing else. */
export function sampleTool({ run = () => Promise.resolve(ok({ done: true })), ...facts }: Sample = {}): Tool {
  return defineTool({
    name: "sample.look",
    description: "Does what the test tells it to do.",
    effect: "read",
    requires: "authenticated",
    rate: "1000/second",
    uses: [],
    input: () => z.strictObject({ note: z.unknown().optional() }),
    output: () => z.object({ done: z.unknown() }),
    ...facts,
    run: (_input, _uses, call) => run(call),
  });
}
