// What a running `npm run dev` left for the other programs: where it is, and how to get in.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { DEV_FOLDER } from "./stack/stack.ts";

const DevSession = z.object({
  address: z.string(),
  key: z.string(),
  /** Of a person who decides on runbooks. */
  approverKey: z.string().optional(),
  databaseUrl: z.string(),
  keyPepper: z.string(),
});
export type DevSession = z.output<typeof DevSession>;

export function devSession(): DevSession | undefined {
  try {
    return DevSession.parse(JSON.parse(readFileSync(join(DEV_FOLDER, "session.json"), "utf8")));
  } catch {
    // No stack is running here, which is for the caller to say.
    return undefined;
  }
}
