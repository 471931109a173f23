// The actions proxy as a process.
import { runProcess } from "../run-process.ts";
import { startActionsProxy } from "./actions-proxy.ts";
import { loadActionsConfig } from "./config.ts";

runProcess({ loadConfig: loadActionsConfig, start: startActionsProxy });
