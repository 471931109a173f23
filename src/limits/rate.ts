// How often something may happen, as people write it: `20/minute`.

import * as z from "zod";

const WINDOW_MS = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const;

const FORM = /^[1-9]\d{0,6}\/(second|minute|hour)$/;
const error = 'must read like "20/minute": a whole number from 1 to 9999999, then second, minute or hour';

export const Rate = z
  .templateLiteral([z.int(), "/", z.enum(["second", "minute", "hour"])], { error })
  .refine((rate) => FORM.test(rate), { error });
export type Rate = z.output<typeof Rate>;

/** A whole number of calls in a window. */
export interface Allowance {
  readonly limit: number;
  readonly windowMs: number;
}

export function allowance(rate: Rate): Allowance {
  const [limit, window] = rate.split("/");
  return { limit: Number(limit), windowMs: WINDOW_MS[Window.parse(window)] };
}

const Window = z.enum(["second", "minute", "hour"]);
