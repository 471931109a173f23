// The trace of the call that is being answered: written into its line, and passed on with whatever is asked on its behalf.
import { AsyncLocalStorage } from "node:async_hooks";
import { readTraceparent, TRACEPARENT_HEADER, writeTraceparent } from "./contract/traceparent.ts";

import type { TraceParent } from "./contract/traceparent.ts";

const current = new AsyncLocalStorage<TraceParent | undefined>();

/** A header that cannot be read is as good as none. */
export function inTrace<T>(header: string | undefined, work: () => T): T {
  return current.run(readTraceparent(header), work);
}

export function traceId(): string | undefined {
  return current.getStore()?.traceId;
}

/** As it came: this proxy adds no step of its own. Written anew, so that nothing else a header may hold gets through. */
export function traceHeader(): Readonly<Record<string, string>> {
  const trace = current.getStore();
  return trace ? { [TRACEPARENT_HEADER]: writeTraceparent(trace) } : {};
}
