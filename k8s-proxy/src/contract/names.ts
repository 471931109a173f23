// The words that requests are made of: names, selectors, spans and moments, each safe to put into a path or a query.
import * as z from "zod";
import { once } from "./once.ts";

/** RFC 1123 label: the form of a namespace's name. It cannot hold a slash, a dot or a percent sign, so it is safe in a path. */
export const Namespace = once(() =>
  z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a lower-case RFC 1123 label, at most 63 characters"),
);

/** As a role writes it: an exact name, a prefix (`shop-*`), or `*` for all. */
export const NamespacePattern = once(() =>
  z.string().regex(/^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?|[a-z0-9][-a-z0-9]{0,61}\*|\*)$/),
);

/** RFC 1123 subdomain: the form of most objects' names. */
export const Name = once(() =>
  z
    .string()
    .max(253)
    .regex(
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
      "must be a lower-case RFC 1123 name, at most 253 characters",
    ),
);

/** Here only what could never be a selector is refused; its grammar is judged in the proxy. */
export const LabelSelector = once(() =>
  z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z0-9_.\-/=!,() ]+$/, "may hold letters, digits and _ . - / = ! , ( ) and spaces only"),
);

export const FieldSelector = once(() =>
  z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z0-9_.\-/=!,:]+$/, "may hold letters, digits and _ . - / = ! , : only"),
);

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const Duration = once(() => z.string().regex(/^\d{1,4}[smhd]$/, 'must be a span such as "15m", "2h" or "1d"'));

/** Of a checked `Duration`; anything else is zero. */
export function durationMs(span: string): number {
  const [, count = "0", unit = "s"] = /^(\d{1,4})([smhd])$/.exec(span) ?? [];
  return Number(count) * (unit === "s" || unit === "m" || unit === "h" || unit === "d" ? UNIT_MS[unit] : 0);
}

/** A span of at most `most`, such as `24h`. */
export const DurationUpTo = (most: string) =>
  Duration().refine(
    (span) => durationMs(span) > 0 && durationMs(span) <= durationMs(most),
    `must be from 1s to ${most}`,
  );

/** RFC 3339 with a zone, or relative to the moment of the call. */
export const Moment = once(() =>
  z.union([z.iso.datetime({ offset: true }), z.string().regex(/^now(-\d{1,4}[smhd])?$/)], {
    error: 'must be RFC 3339 with a zone, "now", or relative such as "now-1h"',
  }),
);

/** Milliseconds since 1970 of a checked `Moment`. */
export function momentMs(moment: string, now: number): number {
  if (!moment.startsWith("now")) return Date.parse(moment);
  return now - durationMs(moment.slice("now-".length));
}

/** Where a list goes on: written by the proxy or the API server, never by a caller (the Worker seals it into a cursor). */
export const Continue = once(() =>
  z
    .string()
    .max(4096)
    .regex(/^[A-Za-z0-9+/=_:.-]+$/),
);
