// How much a principal may ask for, over all its sessions: the checked form of `quotas` in gatehouse.json.

import * as z from "zod";

/** What one call may cost at most: a minute must have room for it, or the tool could never be called. */
export const MAX_COST = 20;

const Units = z.int().min(MAX_COST, `must be a whole number of at least ${MAX_COST}, the most that a call can cost`);

/** Cost units in each window of UTC: most calls cost one. */
const Quota = z.strictObject({
  /** Ten calls a second, all the time: no agent that reads its answers is faster. */
  minute: Units.default(600),
  /** An hour of a busy agent: close to three calls a second without a pause. */
  hour: Units.default(10_000),
  /** Ten such hours. */
  day: Units.default(100_000),
});
export type Quota = Readonly<z.output<typeof Quota>>;

export const Quotas = z.strictObject({
  /** For everybody whose roles say nothing else. */
  default: Quota.prefault({}),
  /** By role; a window that is left out is the default's. */
  roles: z.record(z.string(), z.strictObject({ minute: Units, hour: Units, day: Units }).partial()).default({}),
});
export type Quotas = z.output<typeof Quotas>;

/** The most generous of the roles, each window by itself: a role more never takes anything away. */
export function quotaOf({ default: usual, roles }: Quotas, held: readonly string[]): Quota {
  if (held.length === 0) return usual;
  const special = new Map(Object.entries(roles));
  const most = (window: keyof Quota) => Math.max(...held.map((role) => special.get(role)?.[window] ?? usual[window]));
  return { minute: most("minute"), hour: most("hour"), day: most("day") };
}
