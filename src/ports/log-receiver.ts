// Whoever wants the log as it arrives: a SIEM.

import type { UpstreamFailure } from "./failure.ts";
import type { Result } from "../result.ts";

export interface LogReceiver {
  /** Lines of JSON. `ok` only when the receiver has said that it has them all. */
  send(lines: string, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
}
