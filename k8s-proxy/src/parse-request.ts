// What was asked, by the schema of its route, and the namespace that it is about.
import * as z from "zod";
import { fail } from "./failure.ts";
import { ok } from "./result.ts";

import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

const About = z.object({ namespace: z.string().optional() });

export interface ParsedRequest<T> {
  readonly asked: T;
  /** Undefined where the question names none. */
  readonly namespace: string | undefined;
}

export function parseRequest<A extends z.ZodObject>(
  schema: A,
  body: unknown,
): Result<ParsedRequest<z.output<A>>, Failure> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return fail("invalid_request", z.prettifyError(parsed.error));
  return ok({ asked: parsed.data, namespace: About.parse(parsed.data).namespace });
}
