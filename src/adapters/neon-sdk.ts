// The driver of Neon, in a file of its own because it is loaded late: see `neonSql`.

import { neon, neonConfig } from "@neondatabase/serverless";
import { isLoopback } from "./loopback.ts";

export { NeonDbError } from "@neondatabase/serverless";

const cloudEndpoint = neonConfig.fetchEndpoint;

const localEndpoint: typeof cloudEndpoint = (host, port, options) => {
  if (isLoopback(host)) return `http://${host}:${port}/sql`;
  return typeof cloudEndpoint === "string" ? cloudEndpoint : cloudEndpoint(host, port, options);
};

/** Opens nothing: every statement is a request of its own. */
export function connect(databaseUrl: string, isLocal: boolean) {
  // The driver keeps this setting for the whole isolate. It is touched for a loopback host alone, so never in production,
  // and any other host still goes where the driver sends it.
  if (isLocal) neonConfig.fetchEndpoint = localEndpoint;
  return neon(databaseUrl);
}
