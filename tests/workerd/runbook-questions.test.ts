// How MCP's clients come by a decision: led to the page by a question, told by a resource; and what a token is worth to others.

import { introspectWorkflowInstance } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { desk, human, warmUp } from "./approved.ts";
import { ModernClient } from "./mcp-client.ts";
import { connect, issueKey, refusal } from "./world.ts";

beforeAll(warmUp, 60_000);

const ROLES = ["operator", "observer"];
const SLOW = { timeout: 60_000 };
const ROLLBACK = { runbook_id: "roll-back", params: { namespace: "shop", name: "recommender" } };
const RESTART = {
  runbook_id: "restart-deployment",
  params: { namespace: "shop", name: "web", accept_downtime: true },
};
const DIAGNOSTICS = { runbook_id: "collect-diagnostics", params: { namespace: "shop", name: "recommender" } };
/** A client that can open pages, and one that can ask its user for words alone. */
const PAGES = { capabilities: { elicitation: { url: {} } } };
const FORMS = { capabilities: { elicitation: { form: {} } } };

const Question = z.looseObject({
  result: z.looseObject({
    resultType: z.literal("input_required"),
    requestState: z.string(),
    inputRequests: z.object({
      page: z.looseObject({ params: z.looseObject({ mode: z.string(), elicitationId: z.string() }) }),
    }),
  }),
});
const Result = z.looseObject({ result: z.looseObject({ isError: z.boolean().optional() }) });
const Structured = z.looseObject({ result: z.looseObject({ structuredContent: z.looseObject({}) }) });
const Asked = z.looseObject({ result: z.looseObject({ approval_id: z.string() }) });

async function decide(id: string, verdict: "approve" | "reject"): Promise<void> {
  const seen = await desk().find(id);
  if (!seen) throw new Error("there is no such card");
  const { revision, plan } = seen;
  const by = { by: human("human:mia"), authenticatedAtMs: Date.now() };
  const decided = await desk().decide({ id, ...by, verdict, reason: "seen", revision, planDigest: plan.digest });
  expect(decided).toMatchObject({ ok: true });
}

describe("runbook.execute without a token", () => {
  it("leads whoever can open a page there, waits for the human, and goes on", SLOW, async () => {
    const client = new ModernClient(await issueKey(ROLES));

    const asked = Question.parse(await client.tool("runbook_execute", RESTART, PAGES));

    const { page } = asked.result.inputRequests;
    const id = page.params.elicitationId;
    expect(page.params).toMatchObject({ mode: "url", url: `https://gatehouse.test/console/approvals/${id}` });
    await using instance = await introspectWorkflowInstance(env.RUNBOOKS, `rb-${id}`);
    await instance.modify((modifier) => modifier.disableSleeps());
    const answered = { inputResponses: { page: { action: "accept" } }, requestState: asked.result.requestState };
    const going = client.call("tools/call", { name: "runbook_execute", arguments: RESTART, ...answered }, PAGES);
    await decide(id, "approve");

    expect(Structured.parse(await going).result.structuredContent).toMatchObject({
      run_id: `rb-${id}`,
      approvers: ["human:mia"],
    });
  });

  it("says who rejected it, and why", SLOW, async () => {
    const client = new ModernClient(await issueKey(ROLES));
    const asked = Question.parse(await client.tool("runbook_execute", ROLLBACK, PAGES));
    const id = asked.result.inputRequests.page.params.elicitationId;
    const answered = { inputResponses: { page: { action: "accept" } }, requestState: asked.result.requestState };
    const going = client.call("tools/call", { name: "runbook_execute", arguments: ROLLBACK, ...answered }, PAGES);
    await decide(id, "reject");

    const { result } = Result.parse(await going);

    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).toContain("human:mia rejected this: seen");
    expect(JSON.stringify(result)).toContain("approval_invalid");
  });

  it("names the page to whoever cannot open one", SLOW, async () => {
    const client = new ModernClient(await issueKey(ROLES));

    const { result } = Result.parse(await client.tool("runbook_execute", ROLLBACK, FORMS));

    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).toContain("approval_required");
    expect(JSON.stringify(result)).toContain("https://gatehouse.test/console/approvals/");
  });

  it("runs what changes nothing, and asks nobody", SLOW, async () => {
    const agent = await connect(["operator", "platform-observer"]);

    const run = await agent.call("runbook.execute", DIAGNOSTICS);

    expect(run).toMatchObject({ result: { approvers: [] } });
  });
});

describe("an approval", () => {
  it("is read as a resource by whoever asked for it, with the token, and by nobody else", SLOW, async () => {
    const client = new ModernClient(await issueKey(ROLES));
    const other = new ModernClient(await issueKey(ROLES));
    const filed = Structured.parse(await client.tool("runbook_request_approval", ROLLBACK)).result.structuredContent;
    const { approval_id: id } = z.looseObject({ approval_id: z.string() }).parse(filed);
    await decide(id, "approve");
    const uri = `gatehouse://approvals/${id}`;

    const theirs = await client.call("resources/read", { uri });
    const another = await other.call("resources/read", { uri });

    expect(JSON.stringify(theirs)).toContain("approval_token");
    expect(JSON.stringify(another)).not.toContain("approval_token");
    expect(another).toHaveProperty("error");
  });

  it("is of no use to anybody else: three tries and it is none (attack 65)", SLOW, async () => {
    const [agent, thief] = [await connect(ROLES), await connect(ROLES)];
    const { approval_id: id } = Asked.parse(await agent.call("runbook.request_approval", ROLLBACK)).result;
    await decide(id, "approve");
    const { approval_token } = z
      .looseObject({ approval_token: z.string() })
      .parse((await agent.notified("mcp.approval.changed")).params);
    const stolen = { runbook_id: "roll-back", approval_token };

    const first = await thief.call("runbook.execute", stolen);
    expect(first).toMatchObject(refusal(40302, "approval_invalid"));
    expect(await desk().find(id)).toMatchObject({ state: "approved", mismatches: 1 });
    await thief.call("runbook.execute", stolen);
    await thief.call("runbook.execute", stolen);

    expect(await desk().find(id)).toMatchObject({ state: "revoked" });
    expect(await agent.call("runbook.execute", stolen)).toMatchObject(refusal(40302, "approval_invalid"));
  });

  it("is for its own parameters and cluster, and is not burnt by others (attack 65)", SLOW, async () => {
    const agent = await connect(ROLES);
    const { approval_id: id } = Asked.parse(await agent.call("runbook.request_approval", ROLLBACK)).result;
    await decide(id, "approve");
    const { approval_token } = z
      .looseObject({ approval_token: z.string() })
      .parse((await agent.notified("mcp.approval.changed")).params);

    const other = { runbook_id: "roll-back", approval_token, params: { namespace: "shop", name: "web" } };
    const swapped = await agent.call("runbook.execute", other);
    const renamed = await agent.call("runbook.execute", { runbook_id: "scale-out", approval_token });

    expect(swapped).toMatchObject(refusal(40302, "approval_invalid"));
    expect(renamed).toMatchObject(refusal(40302, "approval_invalid"));
    expect(await desk().find(id)).toMatchObject({ state: "approved", mismatches: 2 });
  });

  it("is not read into an access token, nor one into it (attack 66)", SLOW, async () => {
    const agent = await connect(ROLES);
    const header = btoa(JSON.stringify({ alg: "none", typ: "at+jwt" }));

    const reply = await agent.call("runbook.execute", { runbook_id: "roll-back", approval_token: `${header}.e30.` });

    expect(reply).toMatchObject(refusal(40302, "approval_invalid"));
  });
});
