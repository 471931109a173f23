// The page of tools: what there is to call, a form from each schema, calling as oneself, and why one may.

import { describe, expect, it } from "vitest";
import { RawAnswer, RawCall, SimulateBody } from "../../src/http/console/contract/tools.ts";
import { hasChromium } from "./chromium.ts";
import { ADMIN } from "./sample-sessions.ts";
import { ALLOWED, EVERY_KIND, PODS, REFUSED, stock, tool, TOOLS } from "./sample-tools.ts";
import { HOSTILE, ONCALL } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open } = stage((prepared) => {
  prepared.me = ADMIN;
  stock(prepared, [...TOOLS, EVERY_KIND]);
  answerWith({ result: PODS }, prepared);
});

const SESSION = `console:${ADMIN.principal.id}`;

/** What an agent would get. */
function answerWith(said: object, to = api()): void {
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, ...said });
  to.answers.set("POST tools/call", () => RawAnswer().parse({ message, took_ms: 64, session_id: SESSION }));
}

/** The messages that were sent, read as the server reads them. */
const calls = (): readonly unknown[] =>
  api()
    .received.filter(({ path }) => path === "tools/call")
    .map(({ body }): unknown => JSON.parse(RawCall().parse(body).message));

const run = (page: Page) => page.getByRole("button", { name: "Run as yourself" });
const field = (page: Page, name: string) =>
  page.locator(".parameters .field").filter({ has: page.locator("label, legend").getByText(name, { exact: true }) });
const input = (page: Page, name: string) => field(page, name).locator("input, textarea, select");
const answer = (page: Page) => page.getByLabel("The answer");

async function fillPods(page: Page): Promise<void> {
  await input(page, "namespace").fill("shop");
  await input(page, "cluster").selectOption("eu-prod-1");
}

describe.skipIf(!hasChromium)("the catalogue", () => {
  it("lists all tools by family, with what each needs and whether one may call it", async () => {
    const page = await open("/console/tools");
    await page.locator(".listing-row").first().waitFor();

    expect(await page.locator(".listing-row").count()).toBe(TOOLS.length + 1);
    const families = await page.locator(".listing-family").allInnerTexts();
    expect(families.slice(0, 4).map((text) => text.replace(/\s\d+$/, ""))).toEqual([
      "Kubernetes",
      "Prometheus",
      "Logs",
      "Context of a principal",
    ]);
    const nodes = page.locator(".listing-row").filter({ hasText: "k8s.list_nodes" });
    expect(await nodes.innerText()).toMatch(/reads\s+k8s:nodes\s+20\/minute\s+1\s+may not/);
    expect(await page.locator(".listing-row").filter({ hasText: "prom.list_targets" }).innerText()).toContain(
      "switched off",
    );
  });

  it("is searched by name, by words and by permission, and says how many there are", async () => {
    const page = await open("/console/tools");
    await page.getByLabel("Search").fill("list logs:READ");
    expect(await page.getByText("No tool is like that").count()).toBe(1);

    await page.getByLabel("Search").fill("logs:READ");
    expect(await page.locator(".listing-row .listing-link").allInnerTexts()).toEqual(["logs.patterns", "logs.search"]);
    expect(await page.getByRole("search").getByRole("status").innerText()).toBe("2 tools");

    await page.getByLabel("Search").fill("");
    await page.getByLabel("Effect").selectOption({ label: "Changes something" });
    await page.getByLabel("Only what I may call").check();
    expect(await page.locator(".listing-row .listing-link").allInnerTexts()).toEqual(["ctx.delete", "ctx.set"]);
    await page.getByRole("link", { name: "ctx.set" }).click();
    await page.getByRole("link", { name: "All tools" }).click();
    expect(await page.locator(".listing-row").count()).toBe(2);
  });

  it("shows what a tool says of itself as text, and says so where there is no such tool", async () => {
    stock(api(), [tool("ctx.get", { name: `x.${HOSTILE}`, description: HOSTILE, requires: HOSTILE, rate: HOSTILE })]);
    const page = await open("/console/tools");
    await page.locator(".listing-row").first().waitFor();
    await page.locator(".listing-row a").click();
    await page.getByText("You may call this").waitFor();

    expect(await page.locator("main :is(img, script, b, i, iframe, [style], [onerror])").count()).toBe(0);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
    await page.goto(new URL("/console/tools/no.such_tool", page.url()).href);
    await page.getByText("There is no such tool").waitFor();
  });

  it("says so when it could not be loaded", async () => {
    api().failing.set("tools", { status: 503, reason: "unavailable", detail: "The catalogue is not there." });
    const page = await open("/console/tools/k8s.list_pods");
    await page.getByText("The catalogue is not there.").waitFor();
    api().failing.clear();

    await page.getByRole("button", { name: "Try again" }).click();

    await page.getByText("You may call this").waitFor();
  });
});

describe.skipIf(!hasChromium)("a form from a schema", () => {
  it("has an entry of its kind for each parameter, those that are needed first", async () => {
    const page = await open("/console/tools/demo.every_kind");
    await run(page).waitFor();

    expect(await page.locator(".parameter code").allInnerTexts()).toEqual([
      "name",
      "labels",
      "cluster",
      "share",
      "replicas",
      "wide",
      "order",
      "kinds",
      "pods",
      "value",
      "since",
    ]);
    expect(await input(page, "replicas").getAttribute("inputmode")).toBe("numeric");
    expect(await field(page, "replicas").innerText()).toMatch(/whole number[^]*How many[^]*1 to 50; left out: 3\./);
    expect(await input(page, "order").locator("option").allInnerTexts()).toEqual([
      'left out: "newest"',
      "newest",
      "oldest",
    ]);
    expect(await input(page, "kinds").count()).toBe(3);
  });

  it("finds what is wrong before anything is sent", async () => {
    const page = await open("/console/tools/demo.every_kind");
    await run(page).click();
    expect(await page.locator(".field-fault").allInnerTexts()).toEqual(["Is needed.", "Is needed.", "Is needed."]);

    await input(page, "name").fill("Too Long a name");
    await input(page, "labels").fill("[1]");
    await input(page, "share").fill("0");
    await input(page, "replicas").fill("1.5");
    await input(page, "pods").fill("a\nb\nc\nd");
    await input(page, "value").fill("{");
    await run(page).click();

    const faults = await page.locator(".field-fault").allInnerTexts();
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "Must have at most 8 characters; it has 15.",
      "Must be an object",
      "Is needed.",
      "Must be more than 0.",
      "Must be a whole number.",
      "Give at most 3; there are 4.",
      "Is not JSON",
    ]);
    expect(await input(page, "name").getAttribute("aria-invalid")).toBe("true");
    expect(calls()).toEqual([]);
  });

  it("sends each value as its kind, and leaves out what was left empty", async () => {
    const page = await open("/console/tools/demo.every_kind");
    await input(page, "name").fill("web");
    await input(page, "labels").fill('{"app": "web"}');
    await input(page, "cluster").selectOption("eu-prod-2");
    await input(page, "share").fill("0.25");
    await input(page, "replicas").fill("5");
    await input(page, "wide").selectOption("true");
    await field(page, "kinds").getByLabel("Job", { exact: true }).check();
    await field(page, "kinds").getByLabel("Deployment").check();
    await input(page, "pods").fill("web-1\n\nweb-2");
    await input(page, "value").fill("[1, null]");
    await run(page).click();
    await answer(page).waitFor();

    expect(calls()).toEqual([
      {
        jsonrpc: "2.0",
        id: 1,
        method: "mcp.tools.call",
        params: {
          name: "demo.every_kind",
          args: {
            name: "web",
            labels: { app: "web" },
            cluster: "eu-prod-2",
            share: 0.25,
            replicas: 5,
            wide: true,
            kinds: ["Deployment", "Job"],
            pods: ["web-1", "web-2"],
            value: [1, null],
          },
        },
      },
    ]);
    expect(api().received.find(({ path }) => path === "tools/call")?.csrf).toBe(ADMIN.csrf);
  });

  it("shows what the server finds wrong at the fields, until they are changed", async () => {
    const issues = [
      { path: "namespace", message: "does not exist" },
      { path: "", message: "ask for less" },
    ];
    answerWith({ error: { code: -32602, message: "Invalid arguments.", data: { reason: "invalid_params", issues } } });
    const page = await open("/console/tools/k8s.list_pods");
    await fillPods(page);
    await run(page).click();

    await field(page, "namespace").getByText("does not exist").waitFor();
    await page.getByText("The server found more").waitFor();
    await page.getByText("Error -32602").waitFor();
    await input(page, "namespace").fill("shop-2");
    expect(await field(page, "namespace").locator(".field-fault").count()).toBe(0);
  });

  it("keeps what was typed while one is elsewhere and while the catalogue is loaded again", async () => {
    const page = await open("/console/tools/k8s.list_pods");
    await fillPods(page);
    await page.getByRole("link", { name: "All tools" }).click();
    await page.getByRole("link", { name: "k8s.list_pods" }).click();

    expect(await input(page, "namespace").inputValue()).toBe("shop");
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain("shop");
  });
});

describe.skipIf(!hasChromium)("an answer", () => {
  it("is shown as it came, with how long it took, how large it is, and where it is recorded", async () => {
    answerWith({ result: { exact: 1, words: HOSTILE } });
    const page = await open("/console/tools/k8s.list_pods");
    await fillPods(page);
    await run(page).click();
    await answer(page).waitFor();

    expect(await answer(page).innerText()).toContain('"exact": 1,\n    "words":');
    expect(await page.locator("main :is(img, script, b, i, iframe, [style], [onerror])").count()).toBe(0);
    expect(await page.locator(".answered").innerText()).toMatch(/answered\s+64 ms\s+\d+ B\s+In the audit log/);
    expect(await page.getByRole("link", { name: "In the audit log", exact: true }).getAttribute("href")).toBe(
      "/console/audit?last=1h&tool=k8s.list_pods&session=console%3Aaccess%3Aadmin%40example.com",
    );
    expect(await page.getByRole("status").last().innerText()).toBe("Answered in under 0.1 s.");
  });

  it("loses no digit of a long number", async () => {
    const message = '{"jsonrpc":"2.0","id":1,"result":{"bytes":12345678901234567890}}';
    api().answers.set("POST tools/call", () => RawAnswer().parse({ message, took_ms: 1, session_id: SESSION }));
    const page = await open("/console/tools/k8s.list_pods");
    await fillPods(page);
    await run(page).click();

    expect(await answer(page).innerText()).toContain("12345678901234567890");
  });

  it("is copied, as is the request", async () => {
    const page = await open("/console/tools/k8s.list_pods", { permissions: ["clipboard-read", "clipboard-write"] });
    await fillPods(page);
    await run(page).click();
    await page.getByRole("button", { name: "Copy the answer" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();

    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(copied)).toEqual({ jsonrpc: "2.0", id: 1, result: PODS });
  });

  it("stays in the list of calls from here, also after one that failed", async () => {
    const page = await open("/console/tools/k8s.list_pods");
    await fillPods(page);
    await run(page).click();
    await answer(page).waitFor();
    api().failing.set("tools/call", "hang-up");
    await run(page).click();
    await page.getByText("It may have been called all the same").waitFor();
    api().failing.set("tools/call", { status: 503, reason: "x", detail: "The call could not be taken." });
    await run(page).click();
    await page.getByText("The call could not be taken.").waitFor();

    expect(await page.locator(".made-outcome").allInnerTexts()).toEqual(["no answer", "no answer", "answered, 64 ms"]);
    await page.getByRole("button", { name: /#1/ }).click();
    expect(await answer(page).innerText()).toContain("checkout-7d9f8b6c5-2xkqp");
  });
});

describe.skipIf(!hasChromium)("a call that changes something", () => {
  it("is asked once more, says as whom and that it is recorded, and is not made where one leaves it", async () => {
    const page = await open("/console/tools/ctx.set");
    await input(page, "key").fill("note");
    await input(page, "value").fill('"x"');
    await run(page).click();
    const dialog = page.getByRole("dialog");

    expect(await dialog.innerText()).toContain("access:admin@example.com");
    expect(await dialog.innerText()).toContain("recorded in the audit log before it happens");
    await page.keyboard.press("Escape");
    expect(calls()).toEqual([]);
    await run(page).click();
    await page.getByRole("button", { name: "Run it" }).click();
    await answer(page).waitFor();
    expect(calls()).toHaveLength(1);
  });

  it("is asked about also where a raw request on the page of another tool makes it", async () => {
    const page = await open("/console/tools/k8s.list_pods");
    await page.getByRole("tab", { name: "Raw request" }).click();
    const raw = { jsonrpc: "2.0", id: 7, method: "mcp.tools.call", params: { name: "ctx_delete", args: { key: "a" } } };
    await page.getByLabel("JSON-RPC request").fill(JSON.stringify(raw));
    await page.getByRole("button", { name: "Send as yourself" }).click();

    await page.getByRole("dialog").getByText("ctx.delete").first().waitFor();
    expect(calls()).toEqual([]);
    await page.getByRole("button", { name: "Leave it" }).click();
    await page.getByLabel("JSON-RPC request").fill('{"method": "something.else"}');
    await page.getByRole("button", { name: "Send as yourself" }).click();
    await page.getByText("this page cannot tell what it would do").waitFor();
  });

  it("is not offered to whoever may not, with the reason", async () => {
    const page = await open("/console/tools/runbook.execute");
    await page.getByText("You need the permission runbooks:execute").waitFor();

    expect(await run(page).isDisabled()).toBe(true);
    expect(await run(page).getAttribute("aria-describedby")).toBe("mine");
  });
});

describe.skipIf(!hasChromium)("the raw request", () => {
  it("says what the form says until it is edited, is sent as it stands, and can be taken back", async () => {
    const page = await open("/console/tools/k8s.list_pods");
    await fillPods(page);
    await page.getByRole("tab", { name: "Raw request" }).click();
    const raw = page.getByLabel("JSON-RPC request");
    expect(JSON.parse(await raw.inputValue())).toMatchObject({
      method: "mcp.tools.call",
      params: { name: "k8s.list_pods", args: { namespace: "shop", cluster: "eu-prod-1" } },
    });

    await raw.fill('{"jsonrpc":"2.0","id":9,"method":"mcp.tools.call","params":{"name":"k8s.top","args":{}}}');
    await page.getByRole("button", { name: "Send as yourself" }).click();
    await answer(page).waitFor();
    await page.getByText("What was sent").click();

    expect(calls()).toMatchObject([{ id: 9, params: { name: "k8s.top" } }]);
    expect(await page.getByLabel("What was sent").innerText()).toContain('"id":9');
    await page.getByRole("tab", { name: "Form" }).click();
    await page.getByText("You have edited the raw request.").waitFor();
    await page.getByRole("tab", { name: "Raw request" }).click();
    await page.getByRole("button", { name: "Back to what the form says" }).click();
    expect(await raw.inputValue()).toContain('"k8s.list_pods"');
  });
});

describe.skipIf(!hasChromium)("asking the policy about a tool", () => {
  it("shows each check and the grants that gave it", async () => {
    api().answers.set("POST policy/simulate", ({ body }) => {
      SimulateBody().parse(body);
      return ALLOWED;
    });
    const page = await open("/console/tools/k8s.list_pods");
    await page.getByRole("button", { name: "Ask the policy" }).click();
    await page.getByText("Given by").waitFor();

    expect(await page.locator(".checks .check-passed").count()).toBe(5);
    expect(await page.locator(".given").innerText()).toContain("shop-observer grants k8s:read in shop, shop-*");
    expect(api().received.at(-1)?.body).toEqual({ who: { by: "me" }, tool: "k8s.list_pods" });
  });

  it("asks about roles and places, and shows where it fails", async () => {
    api().answers.set("POST policy/simulate", () => REFUSED);
    const page = await open("/console/tools/k8s.list_pods");
    const form = page.getByRole("form", { name: "Ask the policy" });
    await form.getByLabel("Whoever has roles").check();
    await form.getByLabel("shop-observer").check();
    await form.getByLabel("Cluster").selectOption("eu-prod-1");
    await form.getByLabel("Namespace").fill("payments");
    await form.getByRole("button", { name: "Ask the policy" }).click();
    await page.getByText("Refused", { exact: true }).waitFor();

    expect(SimulateBody().parse(api().received.at(-1)?.body)).toEqual({
      who: { by: "roles", kind: "agent", roles: ["shop-observer"] },
      tool: "k8s.list_pods",
      cluster: "eu-prod-1",
      namespace: "payments",
    });
    expect(await page.locator(".checks .check-failed").innerText()).toContain("outside of shop, shop-*");
  });

  it("asks only about oneself for whoever may not ask about others", async () => {
    api().me = ONCALL;
    const page = await open("/console/tools/k8s.list_pods");
    await page.getByRole("button", { name: "Ask the policy" }).waitFor();

    expect(await page.getByLabel("A key").count()).toBe(0);
  });
});
