// How a test in workerd talks to the process around it: what is out of order, what was asked, what is stored.

import * as z from "zod";

export const CONTROL_URL = "https://control.test/";

export const UPSTREAMS = [
  "postgres",
  "redis",
  "cluster",
  "actions",
  "identity",
  "webhook",
  "collector",
  "siem",
] as const;
export type Upstream = (typeof UPSTREAMS)[number];

/**
 * `answers lost`: the work is done and whoever asked never learns it. `hangs`: nothing is done until the outage ends.
 * `slow`: the same, and then it is done after all.
 */
const Outage = z.enum(["down", "hangs", "slow", "answers lost"]);

export const Outages = z.partialRecord(z.enum(UPSTREAMS), Outage);
export type Outages = z.output<typeof Outages>;

/** `hasLeft`: whoever asked went away before it was answered. */
export const Exchange = z.object({
  to: z.enum(UPSTREAMS),
  body: z.string(),
  hasLeft: z.boolean().default(false),
  traceparent: z.string().optional(),
});
export type Exchange = z.output<typeof Exchange>;

/** A watch of a namespace that was asked for. */
export const Watched = z.object({ namespace: z.string(), isOpen: z.boolean() });
export type Watched = z.output<typeof Watched>;

export const Command = z.discriminatedUnion("do", [
  z.object({ do: z.literal("sql"), text: z.string() }),
  z.object({ do: z.literal("break"), outages: Outages }),
  z.object({ do: z.literal("exchanges") }),
  z.object({ do: z.literal("forget") }),
  z.object({ do: z.literal("watches") }),
  z.object({ do: z.literal("say"), namespace: z.string(), line: z.unknown() }),
  z.object({ do: z.literal("cut"), namespace: z.string() }),
]);
export type Command = z.output<typeof Command>;
