// A process: reads the environment, starts, and stops when it is told to.
import { standardLog } from "./log.ts";
import { err } from "./result.ts";

import type { Log } from "./log.ts";
import type { Running } from "./open-doors.ts";
import type { Result } from "./result.ts";

export interface Program<C extends { readonly clusterName: string }> {
  readonly loadConfig: (environment: NodeJS.ProcessEnv) => Result<C, string>;
  readonly start: (config: C, log: Log) => Promise<Result<Running, string>>;
}

const now = () => Date.now();

export function runProcess<C extends { readonly clusterName: string }>(program: Program<C>): void {
  run(program).catch((cause: unknown) => refuseToStart(standardLog({ now }), wordsOf(cause)));
}

async function run<C extends { readonly clusterName: string }>({ loadConfig, start }: Program<C>): Promise<void> {
  const config = loadConfig(process.env);
  if (!config.ok) {
    refuseToStart(standardLog({ now }), `The environment is not complete:\n${config.error}`);
    return;
  }
  const log = standardLog({ now, cluster: config.value.clusterName });
  const started = await start(config.value, log).catch((cause: unknown) => err(wordsOf(cause)));
  if (!started.ok) {
    refuseToStart(log, started.error);
    return;
  }

  const running = started.value;
  let stopped: Promise<void> | undefined;
  const onSignal = () => {
    stopped ??= stop(running, log).catch(() => process.exit(1));
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  log({ event: "listening", port: running.port, metrics_port: running.metricsPort });
}

async function stop(running: Running, log: Log): Promise<void> {
  log({ event: "stopping" });
  await running.stop();
  log({ event: "stopped" });
  process.exit(0);
}

const wordsOf = (cause: unknown) => (cause instanceof Error ? cause.message : "unknown cause");

function refuseToStart(log: Log, why: string): void {
  log({ event: "cannot_start", detail: why });
  // What was begun may hold the process: a port that is open, a timer.
  process.exit(1);
}
