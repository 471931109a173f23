// What one listener wants to hear, as it is kept through a sleep.

import * as z from "zod";

/** Of one session: each may hold a connection to a cluster open, and keeps its object awake. */
export const MAX_WATCHES = 4;
/** URIs and tasks of one subscription. */
export const MAX_TOPICS = 16;

export const Subscription = z.object({
  /** In whose words it is told. */
  dialect: z.enum(["native", "handshake", "modern"]),
  /** The request that opened it, where there can be several. */
  id: z.union([z.string(), z.number()]).optional(),
  tools: z.boolean(),
  uris: z.array(z.string()),
  taskIds: z.array(z.string()),
});
export type Subscription = z.output<typeof Subscription>;
