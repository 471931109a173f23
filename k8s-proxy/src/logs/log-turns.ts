// Two readings of logs at a time, and no queue: each may hold some tens of megabytes, and a caller knows best whether to wait.
import { Turns } from "../prometheus/turns.ts";

export function logTurns(): Turns {
  return new Turns({ atOnce: 2, waiting: 0 });
}
