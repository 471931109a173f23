// `npm run dev`: the stack stays up, with a key to use it, until it is ended.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, readArguments, text } from "./options.ts";
import { createKey } from "./stack/api-keys.ts";
import { ringRegularly } from "./stack/cron.ts";
import { DEV_FOLDER, startStack } from "./stack/stack.ts";
import { heading, step, styled } from "./stack/terminal.ts";

const USAGE = `npm run dev -- [options]      start Gatehouse on this machine and keep it running

  --kubeconfig PATH   read from this real cluster, through the same proxy, instead of the stand-in
  --context NAME      the context in that kubeconfig; its current one when left out
  --prometheus URL    ask this Prometheus, instead of one that is started beside the stand-in
  --postgres URL      use this PostgreSQL (its owner), instead of PGlite
  --redis URL         use this Redis, instead of one in JavaScript
  --port N            8787 when it is free
State is kept in .dev; npm run clean removes it.`;

const { values } = readArguments(USAGE, {
  kubeconfig: { type: "string" },
  context: { type: "string" },
  prometheus: { type: "string" },
  postgres: { type: "string" },
  redis: { type: "string" },
  port: { type: "string" },
});
const kubeconfig = text(values.kubeconfig);
if (kubeconfig !== undefined && !existsSync(kubeconfig)) fail(`There is no kubeconfig at ${kubeconfig}.`);
const port = text(values.port);
if (port !== undefined && !/^[1-9]\d{0,4}$/.test(port)) fail(`--port takes a port number, not ${port}.`);

const stack = await startStack({
  state: "kept",
  output: "inherit",
  onProgress: step,
  kubeconfig,
  kubeContext: text(values.context),
  prometheusUrl: text(values.prometheus),
  postgresUrl: text(values.postgres),
  redisUrl: text(values.redis),
  port: port === undefined ? undefined : Number(port),
}).catch((cause: unknown) => fail(cause instanceof Error ? cause.message : String(cause)));

const key = await createKey(stack.keys, {
  principal: "agent/developer",
  kind: "agent",
  roles: ["agent", "platform-observer", "operator", "administrator"],
  onBehalfOf: process.env.USER,
  days: 7,
  note: "made by npm run dev",
});
// Somebody else than the developer, on whose behalf that agent acts: nobody approves what they asked for.
const approverKey = await createKey(stack.keys, {
  principal: "human/approver",
  kind: "human",
  roles: ["incident-commander", "administrator", "auditor"],
  days: 7,
  note: "made by npm run dev",
});
/** Read by `npm run client`, `npm run keys` and `npm run approvals`, so that nobody has to copy anything. */
const session = join(DEV_FOLDER, "session.json");
writeFileSync(session, JSON.stringify({ address: stack.address, key, approverKey, ...stack.owner }), { mode: 0o600 });

heading("Gatehouse is up.");
console.log(`  address  ${styled("cyan", stack.address)}
  key      ${styled("cyan", key)}   (an agent's: reads everything, asks for runbooks; 7 days)

  console  ${styled("cyan", stack.consoleUrl)}
  key      ${styled("cyan", approverKey)}   (a person's: decides on runbooks, runs and audits this deployment; 7 days)

Paste into another terminal:
  ${styled("bold", `npm run client -- call k8s.list_pods '{"namespace":"shop"}'`)}
  npm run client               for a conversation
  npm run keys -- list         for the keys there are
  npm run approvals            for what waits for a decision
`);

ringRegularly(stack.consoleUrl);

const end = async () => {
  rmSync(session, { force: true });
  await stack.stop();
  process.exit(0);
};
// On a terminal wrangler reads Ctrl-C itself: that it has ended is what there is to go by.
stack.worker.process.once("exit", () => void end());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void end());
