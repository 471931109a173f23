// Everything a handler may be handed. A tool names what it uses; its type cannot reach the rest.

import type { Policy } from "../access/policy.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { ContextStore } from "../ports/context-store.ts";
import type { ToolSettingsStore } from "../ports/tool-settings.ts";
import type { Registry } from "./registry.ts";

export interface Capabilities {
  readonly clusters: Clusters;
  readonly context: ContextStore;
  readonly settings: ToolSettingsStore;
  /** The tools as this deployment has set them. */
  readonly registry: Registry;
  readonly policy: Policy;
}
