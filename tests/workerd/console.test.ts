// The console's API in the real Worker: who is let in, what another page cannot do, and how open pages hear of changes.

import { evictDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ApprovalCard,
  Approvals,
  LiveFrame,
  Me,
  ProblemAnswer,
  RunAnswer,
  Switches,
} from "../../src/http/console/contract.ts";
import { robot } from "../support/approvals.ts";
import {
  approved,
  CHO,
  credential,
  csrfOf,
  decide,
  DEE,
  desk,
  journalOf,
  KIM,
  LEE,
  now,
  post,
  read,
} from "./approvers.ts";
import { redeem, requested, ring, stored } from "./approvers.ts";
import { address, breakdown, eventually, HOST, issueKey, pass, Peer, requireSocket, sql } from "./world.ts";
import type { Person } from "./approvers.ts";

const CI: Person = { email: "ci.access" };

beforeAll(async () => {
  await sql("select 1");
}, 60_000);

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
  await ring();
});

const problem = async (response: Response) => ProblemAnswer().parse(await response.json());
const card = async (response: Response) => ApprovalCard().parse(await response.json());

describe("whoever comes to the console", () => {
  it("is known by what Access says, and told what they may", async () => {
    const response = await read(KIM, "/me");

    expect(Me().parse(await response.json())).toMatchObject({
      principal: { id: "access:kim@example.com", kind: "human", roles: ["approver"] },
      permissions: ["runbooks:read", "runbooks:approve"],
      sign_in: "access",
      sign_out: false,
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  it("without a credential, or with one that is no good, is told how to get one", async () => {
    const forged = { "cf-access-jwt-assertion": "eyJhbGciOiJub25lIn0.e30.", "cf-connecting-ip": address() };
    for (const headers of [{ "cf-connecting-ip": address() }, forged]) {
      const response = await exports.default.fetch(`${HOST}/console/api/approvals`, { headers });

      expect(response.status).toBe(401);
      expect(await problem(response)).toMatchObject({ reason: "unauthenticated", sign_in: "access" });
    }
  });

  it("with a key signs in nowhere where Access stands in front (attack 74)", async () => {
    const { token } = await issueKey(["approver"]);
    const headers = { origin: HOST, "content-type": "application/json", "cf-connecting-ip": address() };
    const body = JSON.stringify({ key: token });

    const response = await exports.default.fetch(`${HOST}/console/api/sign-in`, { method: "POST", headers, body });

    expect(response.status).toBe(404);
    expect(response.headers.get("set-cookie")).toBeNull();
  });

  it("with a key in a header is served as well, and needs nothing of a page: it is a terminal", async () => {
    const approval = await requested();
    const { token, principal } = await issueKey(["approver"]);
    await sql(`update api_keys set kind = 'human', on_behalf_of = null where principal = '${principal}'`);
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "cf-connecting-ip": address(),
    };
    const body = JSON.stringify({ verdict: "approve", revision: 1, seen_digest: "l1" });
    const path = `${HOST}/console/api/approvals/${approval.id}/decision`;

    expect((await exports.default.fetch(path, { method: "POST", headers, body })).status).toBe(200);
  });
});

describe("a card", () => {
  it("is complete, says what whoever looks may do, and is found in the list by who expires first", async () => {
    const requester = robot({
      id: `agent:${crypto.randomUUID()}`,
      onBehalfOf: "kim@example.com",
      owner: "lee@example.com",
    });
    const later = await requested({ lifetimeMs: 800_000 });
    const approval = await requested({ requester, lifetimeMs: 700_000, reason: "it leaks", from: ["approver"] });

    const listed = Approvals().parse(await (await read(KIM, "/approvals?state=open&limit=100")).json());
    const ids = listed.approvals.map(({ id }) => id);
    expect(ids.indexOf(approval.id)).toBeLessThan(ids.indexOf(later.id));
    const kims = listed.approvals.find(({ id }) => id === approval.id);
    expect(kims).toMatchObject({
      state: "requested",
      requester: { id: requester.id, on_behalf_of: "kim@example.com", owner: "lee@example.com" },
      reason: "it leaks",
      plan: approval.plan,
      history: { runs: 0, failed: 0 },
      mine: { may_decide: false, may_break_glass: false, why_not: expect.stringMatching(/on your behalf/) },
    });
    expect((await card(await read(LEE, `/approvals/${approval.id}`))).mine.why_not).toMatch(/own the key/);
    expect((await card(await read(CHO, `/approvals/${approval.id}`))).mine).toEqual({
      may_decide: false,
      may_break_glass: true,
      why_not: "Somebody with the role approver must decide on this runbook.",
    });
  });

  it.each([
    ["somebody whose roles say nothing of runbooks", { email: "mira@example.com" }, (id: string) => id],
    ["a program, whatever it holds", CI, (id: string) => id],
    ["an approver, where there is none", KIM, () => "00000000-0000-4000-8000-00000000dead"],
    ["an approver who makes up a name", KIM, () => "..%2f..%2fme"],
  ])("is not found by %s (attack 21)", async (_who, person: Person, idOf) => {
    const approval = await requested();

    expect((await read(person, `/approvals/${idOf(approval.id)}`)).status).toBe(404);
    const listed = Approvals().parse(await (await read(person, "/approvals")).json());
    if (person !== KIM) expect(listed.approvals).toEqual([]);
  });

  it.each(["state=all", "limit=0", "limit=101", "limit=x"])("is not listed by %s", async (query) => {
    expect((await read(KIM, `/approvals?${query}`)).status).toBe(400);
  });
});

describe("a decision", () => {
  it("of a service token of Access is refused, and written down (attack 16)", async () => {
    const approval = await requested();

    const response = await decide(CI, approval);

    expect(response.status).toBe(403);
    expect(await problem(response)).toMatchObject({ reason: "permission_denied" });
    expect((await journalOf(approval)).at(-1)).toMatchObject({
      action: "approval.decision_refused",
      actor_id: "access:ci.access",
      decision: "refused",
    });
  });

  it.each([
    ["the requester", { id: "access:kim@example.com", kind: "human" as const }, {}],
    ["the requester, known to another provider", { id: "okta:kim@example.com" }, {}],
    ["the human behind the agent", { onBehalfOf: "okta:KIM@example.com" }, {}],
    ["the owner of its key", {}, { keyOwner: "human/kim@example.com" }],
    ["the owner of its key, as the key says", { owner: "kim@example.com" }, {}],
  ])("of %s is refused (attack 67)", async (_who, requester, changes) => {
    const approval = await requested({
      requester: robot({ id: `agent:${crypto.randomUUID()}`, ...requester }),
      ...changes,
    });

    const response = await decide(KIM, approval);

    expect(response.status).toBe(403);
    expect((await problem(response)).detail).toMatch(/so somebody else must decide/);
    expect((await now(approval)).state).toBe("requested");
    expect((await decide(LEE, approval)).status).toBe(200);
  });

  it("on high risk takes a sign-in of the last ten minutes", async () => {
    const high = async () => requested({ runbook: { ...(await requested()).runbook, risk: "high" } });

    expect((await decide({ ...KIM, signedInAgoS: 660 }, await high())).status).toBe(403);
    expect((await decide({ ...KIM, signedInAgoS: 540 }, await high())).status).toBe(200);
    expect((await decide({ ...KIM, signedInAgoS: 9 * 3_600 }, await requested())).status).toBe(403);
  });

  it.each([
    ["no verdict", 400, {}, { verdict: "maybe" }],
    ["more than it asks for", 400, {}, { state: "approved" }],
    ["an old revision", 409, {}, { revision: 0 }],
    ["another plan", 409, {}, { seen_digest: "l0" }],
    ["no reason where one is needed", 422, { reasonRequired: true }, {}],
    ["a reason that nobody can read", 400, {}, { reason: "x".repeat(501) }],
  ])("with %s is answered %i", async (_what, status, changes, body) => {
    const approval = await requested(changes);
    const whole = { verdict: "approve", revision: 1, seen_digest: approval.plan.digest, ...body };

    expect((await post(KIM, `/approvals/${approval.id}/decision`, whole)).status).toBe(status);
  });

  it("that comes too late is answered 410 (attack 68)", async () => {
    pass(0);
    const approval = await requested();
    vi.setSystemTime(approval.expiresAtMs);

    expect((await decide(KIM, approval)).status).toBe(410);
  });
});

describe("another page (attack 74)", () => {
  const attempt = async (headers: Readonly<Record<string, string>>) => {
    const approval = await requested();
    const response = await decide({ ...KIM, headers }, approval);
    return [response.status, (await now(approval)).state];
  };

  it.each([
    ["of another origin", { origin: "https://evil.example" }],
    ["of an origin that begins like ours", { origin: `${HOST}.evil.example` }],
    ["of an origin that ends like ours", { origin: "https://evil-gatehouse.test" }],
    ["of our host without TLS", { origin: "http://gatehouse.test" }],
    ["of an allowed origin of the door", { origin: "https://console.test" }],
    ["of no origin", { origin: "null" }],
    ["that a browser calls another site", { "sec-fetch-site": "cross-site" }],
    ["that a browser calls a sister", { "sec-fetch-site": "same-site" }],
    ["without what /me said", { "x-gatehouse-csrf": "" }],
  ])("%s decides nothing", async (_what, headers) => {
    expect(await attempt(headers)).toEqual([403, "requested"]);
  });

  it("that knows what somebody else's /me said decides nothing", async () => {
    expect(await attempt({ "x-gatehouse-csrf": await csrfOf(LEE) })).toEqual([403, "requested"]);
  });

  it("with a form decides nothing", async () => {
    expect(await attempt({ "content-type": "text/plain" })).toEqual([415, "requested"]);
    expect(await attempt({ "content-type": "application/x-www-form-urlencoded" })).toEqual([415, "requested"]);
  });

  it("reads nothing: no answer may be read across origins, and no preflight is granted", async () => {
    const headers = { ...(await credential(KIM)), origin: "https://evil.example" };
    const answers = await Promise.all(
      ["GET", "OPTIONS"].map((method) => exports.default.fetch(`${HOST}/console/api/me`, { method, headers })),
    );

    expect(answers.map((response) => response.headers.get("access-control-allow-origin"))).toEqual([null, null]);
    expect(answers[1]?.status).toBe(404);
  });

  it("opens no live socket", async () => {
    const open = (origin: Readonly<Record<string, string>>) => live(KIM, origin);

    expect((await open({ origin: "https://evil.example" })).status).toBe(403);
    expect((await open({})).status).toBe(403);
    const own = await open({ origin: HOST });
    expect(own.status).toBe(101);
    new Peer(requireSocket(own)).socket.close(1000);
  });

  it("and ours are told that a credential does not belong into an address", async () => {
    const response = await read(KIM, "/me?access_token=eyJ");

    expect(await problem(response)).toMatchObject({ status: 400, reason: "credential_in_query" });
  });
});

describe("kill switches", () => {
  const off = { scope: "runbook", on: false, reason: "incident" } as const;

  it("are thrown alone, and back by a second person; what they stop stands still", async () => {
    const approval = await approved();
    const which = { ...off, name: approval.runbook.id };
    const mine = async (person: Person) => {
      const { switches } = Switches().parse(await (await read(person, "/switches")).json());
      return switches.find(({ name }) => name === which.name)?.mine.may_switch_on;
    };

    expect((await post(KIM, "/switches", which)).status).toBe(403);
    expect((await post(CHO, "/switches", { ...which, reason: "" })).status).toBe(422);
    expect((await post(CHO, "/switches", which)).status).toBe(200);
    expect([await mine(CHO), await mine(DEE), await mine(KIM)]).toEqual([false, true, false]);
    expect(await redeem(approval)).toMatchObject({ error: { kind: "kill_switch_active" } });

    expect((await post(CHO, "/switches", { ...which, on: true })).status).toBe(403);
    expect((await post(DEE, "/switches", { ...which, on: true })).status).toBe(200);
    expect(await redeem(approval)).toMatchObject({ ok: true });
    const rows = await stored(
      `select record from journal where record like '%${which.name}%' and record like '%"switch.%'`,
    );
    expect(rows).toHaveLength(4);
  });

  it.each([
    { ...off, scope: "all", name: "x" },
    { ...off, name: "" },
    { ...off, name: "a b" },
    { ...off, scope: "everything", name: "x" },
  ])("have a name of their scope: %j", async (body) => {
    expect((await post(CHO, "/switches", body)).status).toBe(400);
  });
});

describe("an open page", () => {
  it("hears of every change while its object sleeps in between, and of nothing that is in it", async () => {
    const page = new Peer(requireSocket(await live(KIM, { origin: HOST })));
    await evictDurableObject(desk());

    const approval = await requested();
    // A run that a test before has begun may end now, and every page is told of that, too.
    const frames = () =>
      page.received
        .map((text) => LiveFrame().parse(JSON.parse(text)))
        .filter((frame) => !("id" in frame) || frame.id === approval.id);
    await page.until(() => frames()[0]);
    await evictDurableObject(desk());
    await decide(LEE, approval);
    await page.until(() => frames()[1]);
    await post(CHO, "/switches", { scope: "tool", name: "drain", on: false, reason: "r" });
    await page.until(() => frames()[2]);
    await post(DEE, "/switches", { scope: "tool", name: "drain", on: true, reason: "r" });

    expect(frames().slice(0, 3)).toEqual([
      { changed: "approval", id: approval.id, revision: 1 },
      { changed: "approval", id: approval.id, revision: 2 },
      { changed: "switches" },
    ]);
    page.sendText("ping");
    await page.until(() => page.received.find((text) => text === "pong"));
    page.socket.close(1000);
  });

  it("that talks is closed, and one whose sign-in has ended as well", async () => {
    const talker = new Peer(requireSocket(await live(KIM, { origin: HOST })));
    talker.sendText("approve everything");
    expect(await talker.closing()).toMatchObject({ code: 1008 });

    pass(0);
    const sleeper = new Peer(requireSocket(await live(KIM, { origin: HOST })));
    pass(8 * 3_600_000 + 1_000);
    await eventually(async () => (await ring()) || sleeper.closed !== undefined);
    expect(await sleeper.closing()).toMatchObject({ code: 4401 });
  });

  it.each([
    ["a program", CI, 403],
    ["somebody whose roles say nothing of runbooks", { email: "mira@example.com" }, 403],
  ])("is not for %s", async (_who, person: Person, status) => {
    expect((await live(person, { origin: HOST })).status).toBe(status);
  });
});

describe("a run", () => {
  it("is asked for by its approval: what has none wakes nothing", async () => {
    const approval = await approved();
    await redeem(approval);

    // No runbook of this deployment has its digest, so it ends before it begins; what became of it is shown all the same.
    const run = RunAnswer().parse(await (await read(KIM, `/runs/rb-${approval.id}`)).json());
    expect(run).toMatchObject({ id: `rb-${approval.id}`, approval_id: approval.id, requester: approval.requester.id });
    expect((await read({ email: "mira@example.com" }, `/runs/rb-${approval.id}`)).status).toBe(404);
    expect((await read(KIM, "/runs/anything")).status).toBe(404);
    expect((await post(LEE, `/runs/rb-${approval.id}/cancel`, {})).status).toBe(403);
    expect((await post(KIM, `/runs/rb-${approval.id}/cancel`, {})).status).toBe(200);
    expect((await journalOf(approval)).at(-1)).toMatchObject({
      action: "run.stop_asked",
      actor_id: "access:kim@example.com",
    });
  });
});

async function live(person: Person, headers: Readonly<Record<string, string>>): Promise<Response> {
  const all = { ...(await credential(person)), upgrade: "websocket", ...headers };
  return exports.default.fetch(`${HOST}/console/api/live`, { headers: all });
}
