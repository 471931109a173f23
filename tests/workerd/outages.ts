// How a test in workerd talks to the process around it: what is out of order, what was asked, what is stored.

import * as z from "zod";

export const CONTROL_URL = "https://control.test/";

export const UPSTREAMS = ["postgres", "redis", "cluster", "identity"] as const;
export type Upstream = (typeof UPSTREAMS)[number];

/** `answers lost`: the work is done and whoever asked never learns it. `hangs`: nothing is done until the outage ends. */
const Outage = z.enum(["down", "hangs", "answers lost"]);

export const Outages = z.partialRecord(z.enum(UPSTREAMS), Outage);
export type Outages = z.output<typeof Outages>;

export const Exchange = z.object({ to: z.enum(UPSTREAMS), body: z.string() });
export type Exchange = z.output<typeof Exchange>;

export const Command = z.discriminatedUnion("do", [
  z.object({ do: z.literal("sql"), text: z.string() }),
  z.object({ do: z.literal("break"), outages: Outages }),
  z.object({ do: z.literal("exchanges") }),
  z.object({ do: z.literal("forget") }),
]);
export type Command = z.output<typeof Command>;
