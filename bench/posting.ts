// What the headers of a POST say about the message in it, for each revision of MCP.

import * as z from "zod";

export const Posting = z.object({ revision: z.enum(["2026-07-28", "2025-11-25"]) });
export type Posting = z.output<typeof Posting>;

const Named = z.looseObject({ method: z.string(), params: z.looseObject({ name: z.string().optional() }).optional() });

/** What was said before `initialize` was answered has no version yet. */
export function headersOf(message: string, { revision }: Posting): Readonly<Record<string, string>> {
  const { method, params } = Named.parse(JSON.parse(message));
  const always = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  if (method === "initialize") return always;
  if (revision === "2025-11-25") return { ...always, "mcp-protocol-version": revision };
  const named = params?.name === undefined ? {} : { "mcp-name": params.name };
  return { ...always, "mcp-protocol-version": revision, "mcp-method": method, ...named };
}
