// The process: reads the environment, starts, and stops when it is told to.
import { loadConfig } from "./config.ts";
import { standardLog } from "./log.ts";
import { startProxy } from "./proxy.ts";

import type { Proxy } from "./proxy.ts";

const now = () => Date.now();
let log = standardLog({ now });

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  if (!config.ok) {
    refuseToStart(`The environment is not complete:\n${config.error}`);
    return;
  }
  log = standardLog({ now, cluster: config.value.clusterName });
  const proxy = await startProxy(config.value, log);
  if (!proxy.ok) {
    refuseToStart(proxy.error);
    return;
  }

  let stopped: Promise<void> | undefined;
  const onSignal = () => {
    stopped ??= stop(proxy.value).catch(() => process.exit(1));
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  log({ event: "listening", port: proxy.value.port, metrics_port: proxy.value.metricsPort });
}

async function stop(proxy: Proxy): Promise<void> {
  log({ event: "stopping" });
  await proxy.stop();
  log({ event: "stopped" });
  process.exit(0);
}

function refuseToStart(why: string): void {
  log({ event: "cannot_start", detail: why });
  // What was begun may hold the process: a port that is open, a timer.
  process.exit(1);
}

main().catch((cause: unknown) => {
  refuseToStart(cause instanceof Error ? cause.message : "unknown cause");
});
