// How often something may happen, as people write it: `20/minute`.

import * as z from "zod";

const WINDOW_MS = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const;
type Window = keyof typeof WINDOW_MS;

export type Rate = `${number}/${Window}`;

const FORM = /^([1-9]\d{0,6})\/(second|minute|hour)$/;

export const Rate = z.custom<Rate>((value) => typeof value === "string" && FORM.test(value), {
  error: 'must read like "20/minute": a whole number from 1 to 9999999, then second, minute or hour',
});

/** A whole number of calls in a window. */
export interface Allowance {
  readonly limit: number;
  readonly windowMs: number;
}

export function allowance(rate: Rate): Allowance {
  const [, limit, window] = FORM.exec(rate) ?? [];
  if (limit === undefined || !isWindow(window)) throw new Error(`not a rate: ${rate}`);
  return { limit: Number(limit), windowMs: WINDOW_MS[window] };
}

function isWindow(word: string | undefined): word is Window {
  return word !== undefined && Object.hasOwn(WINDOW_MS, word);
}
