// The tools as a deployment has set them, and what they may use.

import type { CatalogueStub } from "../adapters/object-tool-settings.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { Capabilities } from "../tool/capabilities.ts";
import type { Registry } from "../tool/registry.ts";

export interface Tooling {
  readonly registry: Registry;
  readonly capabilities: Capabilities;
}

export type MakeTooling = (settings: ToolSettings, catalogue: () => CatalogueStub) => Tooling;
