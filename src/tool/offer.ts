// What a deployment offers as it is set at the moment: the tools to call, and the list of them.

import { catalogueOf, registry } from "./registry.ts";
import type { Policy } from "../access/policy.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { Catalogue } from "./capabilities.ts";
import type { Registry } from "./registry.ts";
import type { Tool } from "./tool.ts";

export interface Offer {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
}

interface Offering {
  readonly tools: readonly Tool[];
  readonly policy: Policy;
  readonly clusters: readonly string[];
}

/** One for all sessions: their settings are the same but for the moment of a change, so the last one made is kept. */
export function offers({ tools, policy, clusters }: Offering): (settings: ToolSettings) => Offer {
  let last: { readonly settings: string; readonly offer: Offer } | undefined;
  return (settings) => {
    const text = JSON.stringify(settings);
    if (last?.settings === text) return last.offer;
    const known = registry(tools, settings);
    const offer = { registry: known, catalogue: catalogueOf(known, policy, clusters) };
    last = { settings: text, offer };
    return offer;
  };
}
