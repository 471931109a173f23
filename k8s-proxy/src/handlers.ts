// Which code answers which route: one line a route.
import * as z from "zod";
import { ROUTES } from "./contract/index.ts";
import { fail } from "./failure.ts";
import { listPods } from "./kubernetes/pods.ts";

import type { Route } from "./contract/index.ts";
import type { Failure } from "./failure.ts";
import type { Handles, Reading } from "./reading.ts";
import type { Result } from "./result.ts";

/** A route with the code behind it; what was asked is parsed inside, by the route's own schema. */
export interface Handler {
  readonly path: string;
  readonly parse: (body: unknown) => Result<Asked, Failure>;
}

export interface Asked {
  /** The namespace that is asked about, where one is. */
  readonly namespace: string | undefined;
  readonly run: (reading: Reading) => Promise<Result<object, Failure>>;
}

export const HANDLERS: readonly Handler[] = [handler(ROUTES.listPods, listPods)];

const About = z.object({ namespace: z.string().optional() });

function handler<A extends z.ZodObject, D extends z.ZodObject>(
  route: Route<A, D>,
  answer: Handles<Route<A, D>>,
): Handler {
  return {
    path: route.path,
    parse: (body) => {
      const parsed = route.request.safeParse(body);
      if (!parsed.success) return fail("invalid_request", z.prettifyError(parsed.error));
      return {
        ok: true,
        value: { namespace: About.parse(parsed.data).namespace, run: (reading) => answer(parsed.data, reading) },
      };
    },
  };
}
