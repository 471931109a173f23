// What one listener wants to hear, as it is kept through a sleep.

import * as z from "zod";
import { once } from "../once.ts";

/** Of one session: each may hold a connection to a cluster open, and keeps its object awake. */
export const MAX_WATCHES = 4;
/** Resources and tasks of one subscription. */
export const MAX_TOPICS = 16;

export interface Bounds {
  readonly subscriptions: number;
  readonly topics: number;
}

/** What a socket listens to is kept with it, where there is little room; what single requests do is gone with them. */
export function boundsOf(survivesSleep: boolean): Bounds {
  return survivesSleep ? { subscriptions: 8, topics: MAX_TOPICS } : { subscriptions: 64, topics: 256 };
}

/** Longer than any of ours. */
export const MAX_URI_LENGTH = 256;

export const Subscription = once(() =>
  z.object({
    /** In whose words it is told. */
    dialect: z.enum(["native", "handshake", "modern"]),
    /** The request that opened it, where there can be several. */
    id: z.union([z.string(), z.number()]).optional(),
    tools: z.boolean(),
    uris: z.array(z.string()),
    taskIds: z.array(z.string()),
  }),
);
export type Subscription = z.output<ReturnType<typeof Subscription>>;
