// What the server declares that it can do.

import { TASKS_EXTENSION } from "./versions.ts";
import type { Toolset } from "../tool/toolset.ts";

export function serverCapabilities({ resources, prompts }: Toolset, era: "handshake" | "modern"): object {
  return {
    tools: { listChanged: true },
    ...(resources.length > 0 && { resources: { subscribe: true } }),
    ...(prompts.length > 0 && { prompts: {} }),
    completions: {},
    logging: {},
    // The tasks of 2025-11-25 have another shape, and are not offered.
    ...(era === "modern" && { extensions: { [TASKS_EXTENSION]: {} } }),
  };
}
