// Where the steps of a call are told of, so that they can be seen as one trace. What is told holds no argument and no secret.

import * as z from "zod";
import { once } from "../once.ts";
import type { TraceContext } from "../trace-context.ts";

/** A trace as it is stored beside what goes on in it later. */
export const KeptTrace = once(() =>
  z.object({
    traceId: z.string(),
    spanId: z.string(),
    isSampled: z.boolean(),
    state: z.string().optional(),
  }),
);

/** Words and numbers of ours: names, ids, outcomes. Never what a caller wrote. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  /** Few different ones: they are what a collector groups by. */
  readonly name: string;
  readonly kind: "server" | "client" | "internal";
  /** Begun elsewhere; without one, a new trace begins here. */
  readonly parent?: TraceContext | undefined;
  /** Another trace that has to do with it: of the request in which a message came that has a trace of its own. */
  readonly link?: TraceContext | undefined;
  /** What it was called when it began, of a step that was kept since: whoever began it may have slept. A new name, when left out. */
  readonly as?: TraceContext | undefined;
  readonly facts?: Facts;
  /** Now, when left out. */
  readonly startedAtMs?: number;
}

export interface Span {
  /** For what it asks of others, whether or not it is kept itself. */
  readonly context: TraceContext;
  /** Once. `errorType` is a stable word for what went wrong; left out, nothing did. */
  readonly end: (facts?: Facts, errorType?: string) => void;
}

/** Nothing in here waits, throws, or slows down a call. */
export interface Tracing {
  readonly start: (span: SpanStart) => Span;
}
