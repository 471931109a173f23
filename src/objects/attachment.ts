// What a socket carries through its session's sleep: who opened it and what it has used up. At most 16,384 bytes.

import * as z from "zod";
import { Opening } from "../access/opening.ts";
import { ToolSettings } from "../ports/tool-settings.ts";

export const Attachment = Opening.extend({
  version: z.literal(1),
  /** The buckets that are not empty: a limit must not begin anew because its session slept. */
  limits: z.record(z.string(), z.number()),
  settings: ToolSettings(),
});
export type Attachment = z.output<typeof Attachment>;
