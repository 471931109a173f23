// The tools as MCP lists them: names without dots, JSON Schema, and hints for the host.

import { publishedName } from "../tool/registry.ts";
import { speaks } from "./versions.ts";
import { fieldsOf } from "./words.ts";
import type { Caller } from "../access/principal.ts";
import type { CallSession } from "../tool/session.ts";
import type { Tool } from "../tool/tool.ts";
import type { HandshakeVersion } from "./versions.ts";

/** What a list depends on besides the tools: written out once for each, since agents that come back ask for it first. */
type Form = HandshakeVersion | "modern";

export class ToolLists {
  #written = new Map<string, string>();
  #of: CallSession["registry"] | undefined;

  /** The inside of the result. */
  fields(caller: Caller, form: Form, { registry, policy, capabilities }: CallSession): string {
    // The tools were set otherwise: everything that was written is out of date.
    if (this.#of !== registry) this.#written.clear();
    this.#of = registry;

    const key = `${form} ${caller.kind === "anonymous" ? "-" : JSON.stringify(caller.roles)}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const { names } = capabilities.clusters;
    const tools = registry.visibleTo(caller, policy).map((tool) => listed(tool, names, form));
    const written = fieldsOf({ tools });
    this.#written.set(key, written);
    return written;
  }
}

/** In characters. Some hosts show a model all of a definition: a long schema would cost it more than it tells. */
const MAX_OUTPUT_SCHEMA = 1_024;

function listed(tool: Tool, clusters: readonly string[], form: Form): object {
  const has = form === "modern" ? { annotations: true, titles: true, structuredContent: true } : speaks(form);
  return {
    name: publishedName(tool.name),
    ...(has.titles && { title: tool.name }),
    description: tool.description,
    inputSchema: forClusters(tool.inputSchema(), clusters),
    ...(has.structuredContent && outputSchema(tool)),
    ...(has.annotations && { annotations: annotations(tool) }),
  };
}

/** Every result was made by its schema, so each conforms. What is shown otherwise is no structured result. */
function outputSchema({ content, outputSchema: schema }: Tool): object {
  if (content) return {};
  const written = schema();
  return JSON.stringify(written).length <= MAX_OUTPUT_SCHEMA ? { outputSchema: written } : {};
}

/** Hints (2026-07-28, server/tools §ToolAnnotations): hosts decide by them what to ask their user about. */
function annotations({ name, effect, uses }: Tool): object {
  return {
    title: name,
    readOnlyHint: effect === "read",
    destructiveHint: effect === "destroy",
    idempotentHint: effect === "read",
    openWorldHint: uses.includes("clusters"),
  };
}

type Schema = ReturnType<Tool["inputSchema"]>;

/** Where there is one cluster only, nobody needs to read about choosing. */
function forClusters(schema: Schema, clusters: readonly string[]): Schema {
  const { cluster, ...properties } = schema.properties ?? {};
  if (typeof cluster !== "object") return schema;
  if (clusters.length < 2) return { ...schema, properties };
  return {
    ...schema,
    properties: { ...properties, cluster: { ...cluster, enum: [...clusters] } },
    required: [...(schema.required ?? []), "cluster"],
  };
}
