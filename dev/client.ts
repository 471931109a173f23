// `npm run client`: a test client. Lists, calls, sends raw frames, or holds a conversation, with any address and key.

import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, readArguments, text } from "./options.ts";
import { devSession } from "./session.ts";
import { Agent } from "./stack/agent.ts";
import { json, styled } from "./stack/terminal.ts";
import type { Incoming } from "./stack/agent.ts";

const USAGE = `npm run client -- [options] [command]

  list                       the tools you may call
  call TOOL [ARGS]           ARGS is a JSON object: call k8s.list_pods '{"namespace":"shop"}'
  watch NAMESPACE [CLUSTER]  prints what changes there, until you end it; the cluster is "demo" when left out
  raw FRAME [FRAME …]        sends each as it is, and prints what comes back
  (nothing)                  a conversation: the same commands, a line each; "quit" ends it

  --url ADDRESS              ws://… or wss://…/mcp; GATEHOUSE_URL, or the running npm run dev when left out
  --key KEY                  GATEHOUSE_KEY, or the key of the running npm run dev when left out
  --anonymous                connect without a key
  --wait MS                  how long raw waits for answers (1000)
Ends with 0 when the call succeeded, 1 when it was refused, 2 when it could not be made.`;

async function run(client: Agent, name: string, args: readonly string[]): Promise<number> {
  switch (name) {
    case "list":
      return print(await client.request("mcp.tools.list"));
    case "call": {
      const [tool, argument = "{}"] = args;
      const parsed = parseObject(argument);
      if (tool === undefined) return usage("call takes the name of a tool");
      if (parsed === undefined) return usage(`the arguments must be a JSON object, unlike ${argument}`);
      return print(await client.request("mcp.tools.call", { name: tool, args: parsed }));
    }
    case "watch":
      return watch(client, args);
    case "raw":
      return raw(client, args);
    default:
      return usage(`there is no command ${name}: list, call, watch, raw`);
  }
}

function print(reply: Incoming): number {
  if (reply.error) console.log(styled("red", json({ error: reply.error }, 200)));
  else console.log(json(reply.result, 2_000));
  return reply.error ? 1 : 0;
}

async function watch(client: Agent, [namespace, cluster = "demo"]: readonly string[]): Promise<number> {
  if (namespace === undefined) return usage("watch takes the name of a namespace");
  const uri = `gatehouse://clusters/${cluster}/namespaces/${namespace}/health`;
  client.listen(
    (_frame, message) => message?.method?.startsWith("mcp.resource.") && console.log(json(message.params, 2_000)),
  );
  const subscribed = await client.request("mcp.subscribe", { uri });
  if (subscribed.error) return print(subscribed);
  console.log(styled("dim", `${uri}: what changes is printed as it happens`));
  const { code, reason } = await client.closed;
  console.log(styled("red", `closed: ${code} ${reason}`));
  return 1;
}

async function raw(client: Agent, frames: readonly string[]): Promise<number> {
  client.listen((frame) => console.log(styled("cyan", "←"), frame));
  for (const frame of frames) {
    console.log(styled("yellow", "→"), frame);
    client.send(frame);
  }
  const patience = sleep(Number(text(values.wait) ?? 1_000), undefined);
  const closed = await Promise.race([patience, client.closed]);
  if (closed) console.log(styled("red", `closed: ${closed.code} ${closed.reason}`));
  return 0;
}

async function converse(client: Agent): Promise<number> {
  console.log(`Connected to ${address ?? ""}. list · call TOOL {"…"} · raw FRAME · quit`);
  client.listen((frame, message) => message?.method && console.log(styled("dim", frame)));
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "gatehouse> " });
  // The server may end the conversation, too.
  const ended = client.closed.then((closed) => {
    lines.close();
    return closed;
  });

  lines.prompt();
  for await (const line of lines) {
    const [, name = "", args = ""] = /^\s*(\S*)\s*(.*)$/.exec(line) ?? [];
    if (name === "quit" || name === "exit") return 0;
    if (name !== "") await run(client, name, name === "raw" ? [args] : splitCall(args));
    if (process.stdin.isTTY) lines.prompt();
  }
  // The input has ended, or the socket has: a moment tells which.
  const closed = await Promise.race([ended, sleep(50, undefined)]);
  if (!closed) return 0;
  console.log(styled("red", `closed: ${closed.code} ${closed.reason}`));
  return 1;
}

/** The tool's name, then whatever follows as one JSON text. */
function splitCall(args: string): readonly string[] {
  const [, tool = "", argument = ""] = /^(\S*)\s*(.*)$/.exec(args) ?? [];
  return [tool, argument].filter((part) => part !== "");
}

function parseObject(argument: string): object | undefined {
  try {
    const value: unknown = JSON.parse(argument);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function usage(message: string): number {
  console.error(message);
  return 2;
}

const { values, words } = readArguments(USAGE, {
  url: { type: "string" },
  key: { type: "string" },
  anonymous: { type: "boolean" },
  wait: { type: "string" },
});

const dev = devSession();
const address = text(values.url) ?? process.env.GATEHOUSE_URL ?? dev?.address;
if (address === undefined) fail("No address: start npm run dev, or give --url ws://…/mcp.");
if (!/^wss?:\/\//.test(address)) fail(`An address begins with ws:// or wss://, unlike ${address}.`);
// A development key is of no use, and of no business, anywhere but at its own stack.
const devKey = address === dev?.address ? dev.key : undefined;
const key = values.anonymous === true ? undefined : (text(values.key) ?? process.env.GATEHOUSE_KEY ?? devKey);

const agent = await Agent.connect(address, key).catch((cause: unknown) =>
  fail(`Not connected: ${cause instanceof Error ? cause.message : String(cause)}`),
);
const [command, ...rest] = words;
process.exitCode = command === undefined ? await converse(agent) : await run(agent, command, rest);
await agent.close();
