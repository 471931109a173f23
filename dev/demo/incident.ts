// The story of one incident: the shop's pages fail, and an agent finds out why, with read-only tools and a key for one namespace.

import { createKey } from "../stack/api-keys.ts";
import { Agent } from "../stack/agent.ts";
import { heading, styled, table } from "../stack/terminal.ts";
import { Alerts, Diagnosis, Events, Lines, Range, Tools, Workload } from "./answers.ts";
import { asker } from "./ask.ts";
import { auditRows } from "./audit.ts";
import { remedy } from "./remedy.ts";
import { aside, below, call, cut, expect, mebibytes, say, sparkline } from "./show.ts";
import type { Stack } from "../stack/stack.ts";
import type { Ask } from "./ask.ts";
import type { Row } from "./audit.ts";

const AGENT = "agent/oncall-helper";
const NAMESPACE = "shop";
const WORKLOAD = "recommender";
const CAUSE =
  "Release 0.8.0 cut the memory limit of shop/recommender from 64Mi to 16Mi. Its model needs 41 MiB: give it back, or roll back.";

export async function investigate(stack: Stack): Promise<void> {
  const roles = ["agent", "shop-observer", "shop-operator"];
  const holder = { principal: AGENT, kind: "agent", onBehalfOf: "team/oncall" } as const;
  const agent = await Agent.connect(stack.address, await createKey(stack.keys, { ...holder, roles, days: 1 }));
  const ask = asker(agent);

  heading("1  An agent comes in, with a key that reaches the shop and nothing else");
  const { tools } = Tools.parse((await agent.request("mcp.tools.list")).result);
  below(inColumns(tools.map(({ name }) => name)));
  await isRefused(agent, "k8s.diagnose", { namespace: "payments" });

  await isPaged(ask, stack.prometheus);
  await diagnose(ask);
  await whatChanged(ask);
  await whatHappened(ask);
  await lastWords(ask);
  await memory(ask, stack.prometheus);

  heading("8  The cause");
  say(styled("green", CAUSE));
  await ask("ctx.set", { key: "incident", value: { workload: WORKLOAD, cause: CAUSE } });
  aside('Kept for the next agent: ctx.get {"key":"incident"}.');

  const approvalId = await remedy(stack, agent, ask);
  await agent.close();
  await showAudit(stack, ask.count() + 1, approvalId);
}

async function isRefused(agent: Agent, tool: string, args: object): Promise<void> {
  call(tool, args);
  const { error } = await agent.request(tool, args);
  console.log(styled("red", `← ${error?.code ?? ""}`), error?.message ?? "");
  expect("another namespace is refused with 40300", error?.code === 40300);
}

async function isPaged(ask: Ask, prometheus: Stack["prometheus"]): Promise<void> {
  heading("2  What fires?");
  const { alerts } = Alerts.parse(await ask("prom.list_alerts", { namespace: NAMESPACE, state: "firing" }));
  if (prometheus !== "real") {
    aside("Nothing is known: Prometheus is not installed, so recorded answers of another cluster stand in for it.");
    return;
  }
  below(table(alerts.map(({ name, summary }) => ({ alert: name, summary }))));
  const fires = (name: string) => alerts.some((alert) => alert.name === name);
  expect("the shop's errors fire an alert", fires("WebErrorsHigh") && fires("ContainerOomKilled"));
}

const SHOWN_FINDINGS = 6;

async function diagnose(ask: Ask): Promise<void> {
  heading("3  What is wrong in the shop? One call reads pods, workloads, events, claims, quotas and alerts");
  const { findings, meta } = Diagnosis.parse(await ask("k8s.diagnose", { namespace: NAMESPACE }));
  const rows = findings.slice(0, SHOWN_FINDINGS).map(({ severity, code, object, summary }) => ({
    severity,
    code,
    object: cut(object, 40),
    summary: cut(summary, 50),
  }));
  below(table(rows));
  aside(`${findings.length} findings in ${meta.took_ms} ms. What the page is about:`);
  const ours = findings.find((finding) => finding.code === "OOMKilled" && finding.object.includes(WORKLOAD));
  for (const fact of ours ? [ours.summary, ...ours.evidence] : []) below(fact);
  expect(`the ${WORKLOAD} is found OOM-killed`, ours !== undefined);
}

async function whatChanged(ask: Ask): Promise<void> {
  heading("4  The recommender is killed again and again. What changed?");
  const args = { namespace: NAMESPACE, kind: "Deployment", name: WORKLOAD };
  const { revisions } = Workload.parse(await ask("k8s.get_workload", args));
  for (const { revision, created_at, images, changes } of revisions) {
    below(`${styled("bold", `revision ${revision}`)}  ${created_at}  ${images.join(", ")}`);
    for (const change of changes) below(`  ${styled("cyan", change)}`);
  }
  const [latest] = revisions;
  expect("the memory limit is among the changes", /64Mi.*16Mi/.test(latest?.changes.join(" ") ?? ""));
}

async function whatHappened(ask: Ask): Promise<void> {
  heading("5  What did the cluster do about it?");
  const { events } = Events.parse(await ask("k8s.list_events", { namespace: NAMESPACE, since: "1h", limit: 200 }));
  const ours = events.filter(({ object }) => object.includes(WORKLOAD));
  below(table(ours.slice(0, 6).map(({ count, reason, message }) => ({ count, reason, message: cut(message, 84) }))));
  expect(
    "it was scaled and then held back",
    ours.some(({ reason }) => reason === "BackOff"),
  );
}

async function lastWords(ask: Ask): Promise<void> {
  heading("6  Its last words, from the container before this one");
  const args = { namespace: NAMESPACE, pod_pattern: `${WORKLOAD}-*`, previous: true, order: "oldest" };
  const { lines, meta } = Lines.parse(await ask("logs.search", args));
  for (const { line } of lines) say(marked(line));
  const text = lines.map(({ line }) => line).join("\n");
  aside("The instruction is a customer's text inside a JSON string: marked untrusted, shown, and not followed.");
  aside(`Secrets never left the cluster: ${JSON.stringify(meta.redactions)}`);
  expect("the log names what the model needs", text.includes("model needs 41 MiB"));
  expect("the secret in it is redacted", text.includes("[REDACTED:") && Object.keys(meta.redactions).length > 0);
  expect("the injected instruction is shown as text", text.includes("ignore all previous instructions"));
}

function marked(line: string): string {
  if (line.includes("ignore all previous instructions")) return styled("yellow", line);
  return line.includes("[REDACTED:") ? styled("cyan", line) : line;
}

const OF = `{namespace="${NAMESPACE}",container="${WORKLOAD}"}`;
const USED = `max(max_over_time(container_memory_working_set_bytes${OF}[2m]))`;
const LIMIT = `max(container_spec_memory_limit_bytes${OF})`;

async function memory(ask: Ask, prometheus: Stack["prometheus"]): Promise<void> {
  heading("7  How much memory did it use in the last hour, and how much may it have?");
  const used = await points(ask, USED);
  const limit = await points(ask, LIMIT);
  if (prometheus !== "real") {
    aside("Nothing is known of it here, see 2. What the logs say must do.");
    return;
  }

  const [before = 0, now = 0] = ends(used);
  const [was = 0, is = 0] = ends(limit);
  say(`used   ${sparkline(used, was)}  ${mebibytes(before)}, then ${mebibytes(now)}`);
  say(`limit  ${sparkline(limit, was)}  ${mebibytes(was)}, then ${mebibytes(is)}`);
  expect("what it used fitted the old limit, and not the new one", before < was && before > is);
  expect("it fills the new limit", now <= is && now > is * 0.9);
}

function ends(values: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const known = values.filter((value) => value !== undefined);
  return [known[0], known.at(-1)];
}

async function points(ask: Ask, query: string): Promise<readonly (number | undefined)[]> {
  const range = { query, start: "now-1h", end: "now", step: "60s", mode: "points" };
  const { series } = Range.parse(await ask("prom.query_range", range));
  return (series[0]?.points ?? []).map((value) => (typeof value === "number" ? value : undefined));
}

async function showAudit({ sql }: Stack, calls: number, approvalId: string): Promise<void> {
  heading("14  What stands in Postgres now: the change as one story, by its approval");
  const ofAgent = (rows: readonly Row[]) =>
    rows.filter(({ phase, tool, actor_id }) => phase === "outcome" && tool !== "mcp.tools.list" && actor_id === AGENT);
  const rows = await auditRows(sql, (found) => ofAgent(found).length >= calls && found.some(isLast));
  const story = rows.filter(({ approval_id }) => approval_id === approvalId);
  below(
    table(
      story.map(({ at, actor_id, action, tool, outcome, hash }) => ({ at, actor_id, action, tool, outcome, hash })),
    ),
  );
  const says = (action: string) => story.some((row) => row.action === action);
  expect(
    "the request, the decision and the redemption are recorded",
    says("approval.requested") && says("approval.approved") && says("approval.consumed"),
  );
  expect("the run's end is recorded", story.some(isLast));
  expect(
    "the refusal is recorded",
    rows.some(({ outcome }) => outcome === "refused"),
  );
  aside(`${calls} calls of the agent and ${rows.length} rows in all, chained by hash.`);
}

function isLast({ action }: Row): boolean {
  return action === "run.ended";
}

function inColumns(names: readonly string[]): string {
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  const perLine = Math.floor(112 / width);
  const lines = Array.from({ length: Math.ceil(names.length / perLine) }, (_, line) =>
    names.slice(line * perLine, (line + 1) * perLine),
  );
  return lines
    .map((line) =>
      line
        .map((name) => name.padEnd(width))
        .join("")
        .trimEnd(),
    )
    .join("\n");
}
