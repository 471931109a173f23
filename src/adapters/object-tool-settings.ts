// The tool-settings port over the object that holds them for the whole deployment.

import { err, ok } from "../result.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { ToolSetting, ToolSettings, ToolSettingsStore } from "../ports/tool-settings.ts";
import type { Result } from "../result.ts";

/** The one remote method that changing a setting needs. */
export interface CatalogueStub {
  change(tool: string, setting: ToolSetting): Promise<ToolSettings>;
}

export class ObjectToolSettings implements ToolSettingsStore {
  readonly #catalogue: () => CatalogueStub;

  constructor(catalogue: () => CatalogueStub) {
    this.#catalogue = catalogue;
  }

  async change(tool: string, setting: ToolSetting): Promise<Result<ToolSettings, UpstreamFailure>> {
    try {
      return ok(await this.#catalogue().change(tool, setting));
    } catch {
      // An object that restarts or cannot be reached: whether it stored the setting is open, which the audit row says.
      const message = "The tool settings could not be changed; look at mcp.tools.list before you try again.";
      return err({ kind: "upstream_unavailable", upstream: "tool-settings", message });
    }
  }
}
