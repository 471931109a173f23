// One JSON line an event, to standard output. A line names who asked for what; never a token, never a body.

export interface CallEvent {
  readonly event: "call";
  readonly request_id: string;
  readonly principal?: string | undefined;
  readonly tool?: string | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly status: number;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  readonly took_ms: number;
}

export interface ProcessEvent {
  readonly event: "listening" | "stopping" | "stopped" | "crashed" | "cannot_start";
  readonly port?: number;
  readonly cluster?: string;
  readonly request_id?: string;
  readonly detail?: string | undefined;
}

export type Log = (event: CallEvent | ProcessEvent) => void;

export function standardLog(now: () => number): Log {
  return (event) => console.log(JSON.stringify({ time: new Date(now()).toISOString(), ...event }));
}
