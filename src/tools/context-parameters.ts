// The arguments that the context tools share.

import * as z from "zod";

export const Key = z
  .string()
  .min(1)
  .max(256)
  .regex(/^\P{Cc}+$/u, "must not hold control characters")
  .refine((key) => key.isWellFormed(), "must be well-formed Unicode")
  .describe("Name of the value, at most 256 characters; yours alone, shared by all your sessions");

export const DEFAULT_TTL_S = 3_600;
export const MAX_TTL_S = 86_400;
export const MAX_VALUE_BYTES = 64 * 1024;
