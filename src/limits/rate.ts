// How often something may happen, as people write it: `20/minute`.

import * as z from "zod";

export type Rate = `${number}/${"second" | "minute" | "hour"}`;

const FORM = /^[1-9]\d{0,6}\/(second|minute|hour)$/;
const error = 'must read like "20/minute": a whole number from 1 to 9999999, then second, minute or hour';

export const Rate = z.string().regex(FORM, { error, abort: true }).refine(isRate);

export function isRate(text: string): text is Rate {
  return FORM.test(text);
}

/** A whole number of calls in a window. */
export interface Allowance {
  readonly limit: number;
  readonly windowMs: number;
}

/** Asked for every frame: plain text work, no schema. */
export function allowance(rate: Rate): Allowance {
  const slash = rate.indexOf("/");
  return { limit: Number(rate.slice(0, slash)), windowMs: windowMs(rate.slice(slash + 1)) };
}

function windowMs(name: string): number {
  if (name === "second") return 1_000;
  return name === "minute" ? 60_000 : 3_600_000;
}
