// What a runbook is checked against, beside its own schema.

import type { Tool } from "../../src/tool/tool.ts";

export interface Facts {
  /** By their names: those of the catalogue. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** Those of gatehouse.json. */
  readonly roles: readonly string[];
}
