// One JSON line an event, to standard output. A line names who asked for what; never a token, never a body, never a log line.
import { pino } from "pino";

import type { DestinationStream } from "pino";
import type { ReadOnlyVerdict } from "./kubernetes/read-only-proof.ts";

export interface CallEvent {
  readonly event: "call";
  readonly request_id: string;
  /** Of the caller's trace, where there is one. */
  readonly trace_id?: string | undefined;
  readonly principal?: string | undefined;
  readonly tool?: string | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly status: number;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  readonly took_ms: number;
  /** Of an action: which key it came under, and what became of it. */
  readonly acted?: Acted | undefined;
}

export interface Acted {
  readonly key: string;
  readonly dry_run: boolean;
  readonly object?: string;
  readonly changed?: boolean;
  readonly replayed?: boolean;
}

/** Before anything is written to the cluster: should the process end in the middle, its last line says of what. */
export interface ActingEvent {
  readonly event: "acting";
  readonly request_id: string;
  readonly principal: string;
  readonly action: string;
  readonly object: string;
  readonly key: string;
}

/** The other end of a call that was a watch; the request id is the call's. */
export interface WatchEvent {
  readonly event: "watch_ended";
  readonly request_id: string;
  readonly reason: string;
  readonly changes: number;
  readonly took_ms: number;
}

export interface ProcessEvent {
  readonly event: "listening" | "stopping" | "stopped" | "crashed" | "cannot_start" | "write_rights_accepted";
  readonly port?: number;
  readonly metrics_port?: number;
  readonly request_id?: string;
  readonly detail?: string | undefined;
}

/** What the proxy has found out about its own account; written when it changes, and each time that it is not known. */
export interface ReadOnlyEvent extends Omit<ReadOnlyVerdict, "namespaces"> {
  readonly event: "read_only";
}

export type LogEvent = CallEvent | ActingEvent | WatchEvent | ProcessEvent | ReadOnlyEvent;
export type Log = (event: LogEvent) => void;

export interface LogOptions {
  readonly now: () => number;
  /** Stands in every line once it is known. */
  readonly cluster?: string;
  /** Elsewhere than standard output; in tests only. */
  readonly destination?: DestinationStream;
}

export function standardLog({ now, cluster, destination }: LogOptions): Log {
  const logger = pino(
    {
      base: cluster === undefined ? {} : { cluster },
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    // Written before the call returns: the last line before an end is the one that is needed.
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  return (event) => logger[levelOf(event)](event);
}

function levelOf(event: LogEvent): "info" | "warn" | "error" {
  switch (event.event) {
    case "call":
      return event.status >= 500 ? "warn" : "info";
    case "crashed":
    case "cannot_start":
      return "error";
    case "write_rights_accepted":
      return "warn";
    case "read_only":
      return event.verdict === "proven" ? "info" : "error";
    default:
      return "info";
  }
}
