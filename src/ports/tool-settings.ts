// What a deployment decides about its tools while it runs: off, on, or limited otherwise than declared.

import * as z from "zod";
import { once } from "../once.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

export const ToolSetting = once(() =>
  z.strictObject({
    enabled: z.boolean().optional(),
    /** Such as `20/minute`; checked against the grammar of rates where it is set. */
    rate_limit: z.string().optional(),
  }),
);
export type ToolSetting = z.output<ReturnType<typeof ToolSetting>>;

/** By canonical tool name. A tool that is not mentioned runs as it was declared. */
export const ToolSettings = once(() => z.record(z.string(), ToolSetting()));
export type ToolSettings = Readonly<Record<string, ToolSetting>>;

export interface ToolSettingsStore {
  /** Replaces what was set for this tool (`{}` returns it to its declaration) and tells every open session. */
  change(tool: string, setting: ToolSetting): Promise<Result<ToolSettings, UpstreamFailure>>;
}
