// The arguments that the context tools share.

import * as z from "zod";
import { once } from "../once.ts";

export const Key = once(() =>
  z
    .string()
    .min(1)
    .max(256)
    .regex(/^\P{Cc}+$/u, "must not hold control characters")
    .refine((key) => key.isWellFormed(), "must be well-formed Unicode")
    .describe("Name of the value, at most 256 characters; yours alone, shared by all your sessions"),
);

export const DEFAULT_TTL_S = 3_600;
export const MAX_TTL_S = 86_400;
export const MAX_VALUE_BYTES = 64 * 1024;

/** 1e400 is JSON, but read as a double it is infinite, and written again it would silently become null. */
export const Value = once(() =>
  z
    .unknown()
    .refine((value) => !holdsInfinity(value), "holds a number beyond 1.797e308, which could not be kept")
    .describe("Any JSON value, at most 64 KiB as JSON text"),
);

function holdsInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsInfinity);
}
