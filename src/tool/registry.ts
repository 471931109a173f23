// Looking a tool up by its name, as the deployment has set it at this moment.

import { isWithinRoles } from "../access/grant.ts";
import { PERMISSIONS } from "../access/permission.ts";
import { isRate } from "../limits/rate.ts";
import { Answer } from "./answer.ts";
import { ToolList } from "./definition.ts";
import { describe } from "./describe.ts";
import type { Policy } from "../access/policy.ts";
import type { Caller } from "../access/principal.ts";
import type { ToolSetting, ToolSettings } from "../ports/tool-settings.ts";
import type { Catalogue } from "./capabilities.ts";
import type { Tool } from "./tool.ts";

export interface Registry {
  /** By canonical name, or with its dots as underscores. A tool that is switched off is not there. */
  readonly get: (name: string) => Tool | undefined;
  /** What the caller's roles allow, in order of name. A token's scopes hide nothing: the call says which one it lacks. */
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
      active.filter(({ isListed, requires }) => isListed && isWithinRoles(caller, requires, policy)),
  };
}

/** The registry as a handler may see it. */
export function catalogueOf({ all, visibleTo }: Registry, policy: Policy, clusters: readonly string[]): Catalogue {
  const requirements = [...new Set(all.map(({ requires }) => requires))];
  // Agents that come back ask for the list first, and it is every tool's schema written out.
  const lists = new Map<string, Answer<ToolList>>();
  const listFor = (caller: Caller): Answer<ToolList> => {
    // Whose roles meet the same requirements see the same tools.
    const met = requirements.filter((requires) => isWithinRoles(caller, requires, policy)).join();
    const known = lists.get(met) ?? new Answer(listOf(visibleTo(caller, policy), clusters));
    lists.set(met, known);
    return known;
  };
  return {
    listFor,
    visibleTo: (caller) => listFor(caller).value.tools,
    declaredRate: (name) => all.find((tool) => tool.name === name)?.rate,
  };
}

function listOf(tools: readonly Tool[], clusters: readonly string[]): ToolList {
  return ToolList().parse({ tools: tools.map((tool) => describe(tool, clusters)) });
}

/** Some hosts refuse a whole list for one dotted name. */
export function publishedName(name: string): string {
  return name.replaceAll(".", "_");
}

/** A setting is applied only as far as it is valid: one that is not was refused when someone tried to set it. */
function withSetting(tool: Tool, setting: ToolSetting | undefined): Tool {
  const rate = setting?.rate_limit ?? "";
  return isRate(rate) ? { ...tool, rate } : tool;
}

const REQUIREMENTS: ReadonlySet<string> = new Set(["public", "authenticated", ...PERMISSIONS]);

function requireKnownPermission(tool: string, requires: string): void {
  if (!REQUIREMENTS.has(requires)) throw new Error(`tool ${tool}: unknown permission ${requires}`);
}
