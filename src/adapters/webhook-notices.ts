// Words for people, posted to the webhooks of the deployment: a chat, a pager, anything that takes JSON.

import { pause, withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import type { Notices, PeopleNotice } from "../ports/runs.ts";

export interface Hook {
  readonly name: string;
  readonly format: "slack" | "generic";
  readonly url: string;
  readonly events: readonly PeopleNotice["kind"][];
}

export interface WebhookAccess {
  readonly fetch: typeof fetch;
}

const TIMEOUT_MS = 5_000;
/** Between one try and the next. People who were not reached by then see the open card. */
const PAUSES_MS = [1_000, 5_000];
/** Slack takes 3,000 characters in a block of text, and nobody reads as many. */
const MAX_TEXT_CHARS = 1_500;

export function webhookNotices(hooks: readonly Hook[], { fetch }: WebhookAccess): Notices {
  return {
    channels: hooks.map(({ name }) => name),
    async send(notice) {
      const meant = hooks.filter(({ name, events }) =>
        notice.channel === undefined ? events.includes(notice.kind) : name === notice.channel,
      );
      await Promise.all(meant.map((hook) => deliver(hook, notice, fetch)));
    },
  };
}

/** Never throws. An address is a secret and stands in no log: whoever knows it can write there. */
async function deliver(hook: Hook, notice: PeopleNotice, post: typeof fetch): Promise<void> {
  const body = JSON.stringify(BODIES[hook.format](notice));
  const never = new AbortController().signal;
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    const answered = await attempt(hook, body, post);
    if (answered.isDone) return;
    if (!answered.mayRepeat || pauseMs === undefined) {
      log("warn", "webhook.lost", { webhook: hook.name, kind: notice.kind, ...answered.facts });
      return;
    }
    await pause(pauseMs, never);
  }
}

interface Attempt {
  readonly isDone: boolean;
  readonly mayRepeat: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

async function attempt({ url }: Hook, body: string, post: typeof fetch): Promise<Attempt> {
  try {
    const answered = await withDeadline(TIMEOUT_MS, undefined, async (signal) => {
      // Nobody is followed to another address: this one was configured, and what it says is for it alone.
      const request = { method: "POST", body, redirect: "manual", signal } as const;
      const response = await post(url, { ...request, headers: { "content-type": "application/json" } });
      await response.body?.cancel();
      return response;
    });
    if (!answered.ok) return { isDone: false, mayRepeat: true, facts: { error: answered.error.kind } };
    const { ok: isDone, status } = answered.value;
    return { isDone, mayRepeat: status >= 500 || status === 429, facts: { status } };
  } catch (cause) {
    return { isDone: false, mayRepeat: true, facts: { ...causeOf(cause), error: "unreachable" } };
  }
}

/** Untrusted words stand in plain text, where Slack knows no links, mentions or markup; only our own link is markup. */
function slack({ title, lines, url }: PeopleNotice): object {
  const plain = (text: string) => ({ type: "plain_text", text: escaped(text), emoji: false });
  const words = cut(lines.join("\n"));
  return {
    // What a notification shows; there it is markup, so it is cut to what cannot be any.
    text: escaped(cut(title)).replace(/[*_~`]/g, " "),
    blocks: [
      { type: "section", text: plain(cut(title)) },
      ...(words === "" ? [] : [{ type: "section", text: plain(words) }]),
      ...(url === undefined ? [] : [{ type: "section", text: { type: "mrkdwn", text: `<${escaped(url)}|Open>` } }]),
    ],
  };
}

function generic({ kind, title, lines, url }: PeopleNotice): object {
  return { kind, title: cut(title), lines: lines.map(cut), ...(url !== undefined && { url }) };
}

const BODIES = { slack, generic } as const;

/** The three characters that Slack asks for, and no others. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function cut(text: string): string {
  return text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS).toWellFormed()}…` : text;
}
