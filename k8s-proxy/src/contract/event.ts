// An event of the cluster as it is shown: one, or many alike that were folded into one.
import * as z from "zod";
import { once } from "./once.ts";

export const Event = once(() =>
  z.object({
    last_seen: z.string(),
    first_seen: z.string().optional(),
    count: z.int(),
    type: z.string(),
    reason: z.string(),
    namespace: z.string().optional(),
    /** The newest it is about: `Pod/web-5b457f48d9-bknhf`. */
    object: z.string(),
    /** How many objects say the same, where it is more than one. */
    objects: z.int().optional(),
    /** The newest of those folded together. */
    message: z.string(),
    source: z.string().optional(),
  }),
);
export type Event = z.output<ReturnType<typeof Event>>;
