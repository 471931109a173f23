// What one listener wants to hear, as it is kept through a sleep.

import * as z from "zod";
import { once } from "../once.ts";

/** Of one session: each may hold a connection to a cluster open, and keeps its object awake. */
export const MAX_WATCHES = 4;
/** Resources and tasks that one session listens to, in all its subscriptions: they are kept with its socket. */
export const MAX_TOPICS = 16;
export const MAX_SUBSCRIPTIONS = 8;
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
