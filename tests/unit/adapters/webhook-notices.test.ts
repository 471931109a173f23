import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { webhookNotices } from "../../../src/adapters/webhook-notices.ts";
import { Webhooks } from "../../../src/config/webhooks.ts";
import type { Hook } from "../../../src/adapters/webhook-notices.ts";
import type { PeopleNotice } from "../../../src/ports/runs.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const SECRET_URL = "https://hooks.example/T0/B0/hunter2";
const hook = (changes: Partial<Hook> = {}): Hook => ({
  name: "oncall",
  format: "generic",
  url: SECRET_URL,
  events: ["approval", "switch"],
  ...changes,
});
const NOTICE: PeopleNotice = {
  kind: "approval",
  title: "Approval wanted: <b> & *Rolling* restart",
  lines: ["Reason: <!channel> see <https://evil.example|the page>"],
  url: "https://gatehouse.example/console/approvals/1",
};

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
  readonly body: unknown;
}

/** Answers in turn; what is thrown is a connection that fails. */
function posting(hooks: readonly Hook[], answers: readonly (Response | Error | "never")[]) {
  const asked: Asked[] = [];
  const left = [...answers];
  const notices = webhookNotices(hooks, {
    fetch: (url, init = {}) => {
      if (typeof url !== "string" || typeof init.body !== "string") throw new Error("a notice is posted as text");
      asked.push({ url, init, body: JSON.parse(init.body) });
      const answer = left.shift() ?? new Response(null, { status: 204 });
      if (answer === "never") return new Promise<Response>(() => undefined);
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
    },
  });
  const send = async (notice = NOTICE) => {
    const sent = notices.send(notice);
    await vi.runAllTimersAsync();
    await sent;
    return asked;
  };
  return { notices, send };
}

describe("a notice", () => {
  it("is posted as it is to whatever takes JSON, and the answer's way is not followed", async () => {
    const [asked] = await posting([hook()], []).send();

    expect(asked).toMatchObject({ url: SECRET_URL, body: NOTICE, init: { method: "POST", redirect: "manual" } });
  });

  it("is plain text to Slack, where nothing of it is a mention, a link or markup; only our own link is", async () => {
    const [asked] = await posting([hook({ format: "slack" })], []).send();

    expect(asked?.body).toEqual({
      text: "Approval wanted: &lt;b&gt; &amp;  Rolling  restart",
      blocks: [
        {
          type: "section",
          text: { type: "plain_text", text: "Approval wanted: &lt;b&gt; &amp; *Rolling* restart", emoji: false },
        },
        {
          type: "section",
          text: {
            type: "plain_text",
            text: "Reason: &lt;!channel&gt; see &lt;https://evil.example|the page&gt;",
            emoji: false,
          },
        },
        {
          type: "section",
          text: { type: "mrkdwn", text: "<https://gatehouse.example/console/approvals/1|Open>" },
        },
      ],
    });
  });

  it("is cut where it is too long, and not in the middle of a character", async () => {
    const [asked] = await posting([hook()], []).send({ ...NOTICE, title: `${"x".repeat(1_499)}🛰🛰` });

    expect(JSON.stringify(asked?.body)).toContain(`x\u{FFFD}…`);
  });

  it("goes to those that want its kind, or to the one that is named", async () => {
    const hooks = [hook(), hook({ name: "runs", events: ["run"] }), hook({ name: "quiet", events: [] })];
    const { notices, send } = posting(hooks, []);
    expect(notices.channels).toEqual(["oncall", "runs", "quiet"]);

    expect(await send()).toHaveLength(1);
    expect(await send({ ...NOTICE, kind: "notify" })).toHaveLength(1);
    expect(await send({ ...NOTICE, kind: "notify", channel: "quiet" })).toHaveLength(2);
    expect(await send({ ...NOTICE, kind: "notify", channel: "nobody" })).toHaveLength(2);
  });
});

describe("a webhook that does not take it", () => {
  it.each([
    ["is out of order for a moment", [new Response(null, { status: 503 })], 2],
    ["has had too much", [new Response(null, { status: 429 })], 2],
    ["cannot be reached twice", [new Error("refused"), new Error("refused")], 3],
    ["never answers", ["never", "never", "never"], 3],
    ["is out of order for longer", [0, 1, 2, 3].map(() => new Response(null, { status: 500 })), 3],
    ["does not know us", [new Response(null, { status: 404 })], 1],
    ["sends us elsewhere", [new Response(null, { status: 302, headers: { location: "http://169.254.169.254/" } })], 1],
  ] as const)(
    "because it %s is asked as often as that may help, and no address stands in a log",
    async (_why, answers, tries) => {
      const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);

      const asked = await posting([hook()], answers).send();

      expect(asked).toHaveLength(tries);
      expect(asked.every(({ url }) => url === SECRET_URL)).toBe(true);
      expect(JSON.stringify(logged.mock.calls)).not.toContain("hunter2");
    },
  );

  it("is named in the log when a notice is lost", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);

    await posting([hook()], [new Response(null, { status: 404 })]).send();

    expect(String(logged.mock.calls[0]?.[0])).toBe(
      '{"level":"warn","event":"webhook.lost","webhook":"oncall","kind":"approval","status":404}',
    );
  });
});

describe("the address of a webhook", () => {
  it.each([
    ["https://hooks.slack.com/services/T/B/x", true],
    ["http://localhost:9000/hook", true],
    ["http://127.0.0.1:9000/", true],
    ["http://hooks.example/", false],
    ["http://localhost.evil.example/", false],
    ["file:///etc/passwd", false],
    ["hooks.example", false],
  ])("%s may be configured: %s", (url, isGood) => {
    expect(Webhooks.safeParse([{ name: "oncall", format: "slack", url }]).success).toBe(isGood);
  });
});
