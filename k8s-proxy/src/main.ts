// The reading proxy as a process.
import { loadConfig } from "./config.ts";
import { startProxy } from "./proxy.ts";
import { runProcess } from "./run-process.ts";

runProcess({ loadConfig, start: startProxy });
