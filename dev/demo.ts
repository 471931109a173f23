// `npm run demo`: one agent at the door. Boots everything, asks, is refused, is slowed down, and reads what was written of it.

import * as z from "zod";
import { Agent } from "./stack/agent.ts";
import { createKey } from "./stack/api-keys.ts";
import { startStack } from "./stack/stack.ts";
import { heading, json, step, styled, table } from "./stack/terminal.ts";
import type { Incoming } from "./stack/agent.ts";
import type { Stack } from "./stack/stack.ts";

async function main(): Promise<void> {
  const started = performance.now();
  console.log(styled("bold", "Gatehouse: the door through which AI agents reach your clusters.\n"));
  const stack = await startStack({
    state: "fresh",
    output: "quiet",
    onProgress: step,
    // Sooner than in production, where a drain every ten seconds costs less: the demo wants to see its rows.
    vars: { AUDIT_DRAIN_DELAY_MS: "500" },
  });

  try {
    step(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s at ${stack.address}`);
    await tell(stack);
    console.log(styled("green", "\nThat was one agent. Next: npm run dev, and docs/getting-started.md."));
  } catch (cause) {
    console.error(styled("red", `\nThe demo failed: ${String(cause)}`), `\n${stack.worker.tail()}`);
    process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}

async function tell({ address, keys, sql }: Stack): Promise<void> {
  const roles = ["agent", "shop-observer"];
  const key = await createKey(keys, {
    principal: "agent/oncall-helper",
    kind: "agent",
    roles,
    onBehalfOf: "team/oncall",
    days: 1,
  });

  heading("1  An agent connects, with an API key in the Authorization header of the upgrade");
  const agent = await connect(address, key);

  heading("2  It asks what it can do: only what its key allows is listed");
  const listed = await ask(agent, { method: "mcp.tools.list" }, summarizeTools);
  expect("the list holds k8s.list_pods", JSON.stringify(listed.result).includes("k8s.list_pods"));

  await remember(agent, address, key);
  await observe(agent);
  await hurry(agent);
  await agent.close();

  heading("7  What stands in Postgres now: every call, every refusal, chained by hash");
  console.log(table(await auditRows(sql)));
}

async function remember(agent: Agent, address: string, key: string): Promise<void> {
  heading("3  It writes something down, and reads it back over another connection");
  const params = { key: "incident", value: { service: "checkout", suspect: "out of memory" } };
  expect("the value is stored", (await ask(agent, { method: "ctx.set", params })).error === undefined);

  const second = await connect(address, key);
  const read = await ask(second, { method: "ctx.get", params: { key: "incident" } });
  expect("the value is read back", JSON.stringify(read.result).includes("out of memory"));
  await second.close();
}

async function observe(agent: Agent): Promise<void> {
  heading("4  It looks at the shop: the pods in trouble come first, with the reason");
  const params = { name: "k8s.list_pods", args: { namespace: "shop" } };
  const pods = await ask(agent, { method: "mcp.tools.call", params }, summarizePods);
  expect("pods are listed", JSON.stringify(pods.result).includes("CrashLoopBackOff"));

  heading("5  It tries a namespace that its key does not reach");
  const refused = await ask(agent, { method: "k8s.list_pods", params: { namespace: "payments" } });
  expect("that is refused with 40300", refused.error?.code === 40300);
}

async function hurry(agent: Agent): Promise<void> {
  heading("6  It asks too often: the limit says when to come back, and means it");
  let limited: Incoming = await agent.request("mcp.tools.list");
  let calls = 2;
  for (; limited.error === undefined && calls < 50; calls++) limited = await agent.request("mcp.tools.list");
  console.log(styled("dim", `   the ${calls}th mcp.tools.list of this session:`));
  printReply(limited);
  expect("that is refused with 42900", limited.error?.code === 42900);
}

async function connect(address: string, key: string): Promise<Agent> {
  const agent = await Agent.connect(address, key);
  const opened = await agent.notified("mcp.session");
  console.log(styled("cyan", "←"), json(opened.params));
  return agent;
}

interface Asked {
  readonly method: string;
  readonly params?: object;
}

async function ask(agent: Agent, asked: Asked, shorten = (result: unknown) => result): Promise<Incoming> {
  console.log(styled("yellow", "→"), JSON.stringify(asked));
  const reply = await agent.request(asked.method, asked.params);
  printReply(reply, shorten);
  return reply;
}

function printReply(reply: Incoming, shorten = (result: unknown) => result): void {
  if (reply.error) console.log(styled("red", "←"), json({ error: reply.error }));
  else console.log(styled("cyan", "←"), json({ result: shorten(reply.result) }));
}

const Tools = z.object({
  tools: z.array(z.looseObject({ name: z.string(), rate_limit: z.string(), permissions: z.array(z.string()) })),
});

function summarizeTools(result: unknown): unknown {
  const { tools } = Tools.parse(result);
  return {
    tools: tools.map(
      ({ name, permissions, rate_limit }) => `${name}  ${permissions.join() || "no permission"}  ${rate_limit}`,
    ),
  };
}

const Pods = z.object({
  pods: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      ready: z.string(),
      restarts: z.int(),
      problem: z.looseObject({ reason: z.string() }).optional(),
    }),
  ),
  meta: z.looseObject({ returned: z.int() }),
});

function summarizePods(result: unknown): unknown {
  const { pods, meta } = Pods.parse(result);
  const line = (pod: (typeof pods)[number]) =>
    [pod.name, pod.ready, pod.status, `restarts ${pod.restarts}`, pod.problem?.reason ?? ""].join("  ").trimEnd();
  return {
    pods: [...pods.slice(0, 8).map(line), `… ${Math.max(0, meta.returned - 8)} more`],
  };
}

const AuditRow = z.object({
  seq: z.coerce.number(),
  phase: z.string(),
  actor_id: z.string(),
  tool: z.string().nullable(),
  namespace: z.string().nullable(),
  outcome: z.string(),
  reason: z.string().nullable(),
  duration_ms: z.number().nullable(),
  hash: z.string(),
});

/** The rows arrive when the journals drain: within the second. */
async function auditRows(sql: Stack["sql"]): Promise<readonly z.output<typeof AuditRow>[]> {
  const text = `select seq, phase, actor_id, tool, namespace, outcome, reason, duration_ms, left(hash, 8) as hash
    from audit_logs order by ts, seq`;
  const deadline = Date.now() + 15_000;
  for (;;) {
    const read = await sql({ text, values: [], timeoutMs: 5_000 }, new AbortController().signal);
    const rows = read.ok ? z.array(AuditRow).parse(read.value) : [];
    const reasons = rows.map(({ reason }) => reason);
    if (reasons.includes("rate_limited") && rows.some(({ tool }) => tool === "ctx.get")) return rows;
    if (Date.now() > deadline) throw new Error(`the audit rows did not arrive: ${JSON.stringify(reasons)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function expect(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(`expected that ${what}`);
}

await main();
