// Looking a tool up by its name, as the deployment has set it at this moment.

import * as z from "zod";
import { authorize } from "../access/grant.ts";
import { PERMISSIONS } from "../access/permission.ts";
import { Rate } from "../limits/rate.ts";
import { describe } from "./describe.ts";
import type { Policy } from "../access/policy.ts";
import type { Caller } from "../access/principal.ts";
import type { ToolSetting, ToolSettings } from "../ports/tool-settings.ts";
import type { Catalogue } from "./capabilities.ts";
import type { ToolDefinition } from "./definition.ts";
import type { Tool } from "./tool.ts";

export interface Registry {
  /** By canonical name, or with its dots as underscores. A tool that is switched off is not there. */
  readonly get: (name: string) => Tool | undefined;
  /** What the caller may call, in order of name. */
  readonly visibleTo: (caller: Caller, policy: Policy) => readonly Tool[];
  /** Every registered tool, switched off or not, in order of name. */
  readonly all: readonly Tool[];
}

/** Throws on two tools of one name, and on one that requires a permission nobody can hold. */
export function registry(tools: readonly Tool[], settings: ToolSettings = {}): Registry {
  const all = tools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const active = all
    .filter(({ name }) => settings[name]?.enabled !== false)
    .map((tool) => withSetting(tool, settings[tool.name]));
  for (const { name, requires } of all) requireKnownPermission(name, requires);

  const byName = new Map(
    active.flatMap((tool) => [tool.name, publishedName(tool.name)].map((name) => [name, tool] as const)),
  );
  if (new Set(all.map(({ name }) => publishedName(name))).size !== all.length)
    throw new Error("two tools share a name");

  return {
    all,
    get: (name) => byName.get(name),
    visibleTo: (caller, policy) =>
      active.filter(({ isListed, requires }) => isListed && authorize(caller, requires, policy).ok),
  };
}

/** The registry as a handler may see it. */
export function catalogueOf({ all, visibleTo }: Registry, policy: Policy, clusters: readonly string[]): Catalogue {
  // Agents that come back ask for the list first, and a definition is a schema written out: once for each tool is enough.
  const described = new Map<Tool, ToolDefinition>();
  const definitionOf = (tool: Tool): ToolDefinition => {
    const known = described.get(tool) ?? describe(tool, clusters);
    described.set(tool, known);
    return known;
  };
  return {
    visibleTo: (caller) => visibleTo(caller, policy).map(definitionOf),
    declaredRate: (name) => all.find((tool) => tool.name === name)?.rate,
  };
}

/** Some hosts refuse a whole list for one dotted name. */
export function publishedName(name: string): string {
  return name.replaceAll(".", "_");
}

/** A setting is applied only as far as it is valid: one that is not was refused when someone tried to set it. */
function withSetting(tool: Tool, setting: ToolSetting | undefined): Tool {
  const rate = Rate.safeParse(setting?.rate_limit);
  return rate.success ? { ...tool, rate: rate.data } : tool;
}

const Requirement = z.enum(["public", "authenticated", ...PERMISSIONS]);

function requireKnownPermission(tool: string, requires: string): void {
  if (!Requirement.safeParse(requires).success) throw new Error(`tool ${tool}: unknown permission ${requires}`);
}
