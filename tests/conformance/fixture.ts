// A tool that does what the conformance suite expects of it, under the name by which the suite calls it.

import * as z from "zod";
import { ok } from "../../src/result.ts";
import { defineTool } from "../../src/tool/tool.ts";
import type { Result } from "../../src/result.ts";
import type { ContentBlock } from "../../src/tool/content.ts";
import type { ToolFailure } from "../../src/tool/failure.ts";
import type { Call, Tool } from "../../src/tool/tool.ts";

export type Shown = Result<readonly ContentBlock[], ToolFailure>;

export interface Fixture<I extends z.ZodObject> {
  /** As `tools/list` publishes it. */
  readonly name: string;
  readonly description: string;
  readonly input: () => I;
  readonly run: (input: z.output<I>, call: Call) => Promise<Shown> | Shown;
}

export const nothing = () => z.strictObject({});

export function text(words: string): ContentBlock {
  return { type: "text", text: words };
}

export function say(words: string): Shown {
  return ok([text(words)]);
}

const Resource = z.object({ uri: z.string(), mimeType: z.string(), text: z.string() });
const Block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.enum(["image", "audio"]), data: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal("resource"), resource: Resource }),
]);
const Answer = z.object({ content: z.array(Block) });

export function blocksOf(result: unknown): readonly ContentBlock[] {
  return Answer.parse(result).content;
}

export function fixture<I extends z.ZodObject>({ name, run, ...facts }: Fixture<I>): Tool {
  const tool = defineTool({
    ...facts,
    name: canonical(name),
    effect: "read",
    requires: "authenticated",
    // What is asked here is how the engine speaks, not how often it lets someone.
    rate: "1000/second",
    timeoutMs: 30_000,
    uses: [],
    output: () => z.object({ content: z.array(Block) }),
    content: blocksOf,
    async run(input, _uses, call) {
      const shown = await run(input, call);
      if (!shown.ok) return shown;
      return ok({ content: z.array(Block).parse(shown.value) });
    },
  });
  // The suite's names were chosen for the wire; one of them has no underscore, so nothing to put a dot for.
  return { ...tool, name: name.includes("_") ? tool.name : name };
}

/** `test_simple_text` is what `test.simple_text` is published as. */
export function canonical(name: string): string {
  return name.includes("_") ? name.replace("_", ".") : `${name}.${name}`;
}
