// Who is told of what becomes of an approval: its requester's session, the open pages, and people through webhooks.

import { redactText } from "../audit/redact.ts";
import { causeOf, log } from "../log.ts";
import { deployment } from "./deployment.ts";
import type { Change } from "../approvals/ledger-parts.ts";
import type { Approval, KillSwitch } from "../ports/approvals.ts";
import type { PeopleNotice } from "../ports/runs.ts";
import type { LiveSockets } from "./live-sockets.ts";
import type { Waiters } from "./waiters.ts";

export interface Audience {
  readonly sessions: Env["SESSION"];
  readonly live: LiveSockets;
  readonly waiters: Waiters;
}

export class ApprovalNews {
  readonly #audience: Audience;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** Never throws. What is lost can be looked up: nothing is decided by having been told. */
  async tell(approval: Approval, change: Change): Promise<void> {
    const { live, waiters } = this.#audience;
    const { id, revision, runId = "" } = approval;
    waiters.wake(id);
    live.tell(change === "run_ended" ? { changed: "run", id: runId, revision } : { changed: "approval", id, revision });
    const isOver = (change === "decided" || change === "broken_glass" || change === "ended") && !isWaiting(approval);
    const notice = noticeOf(approval, change);
    await Promise.all([isOver ? this.#tellSession(approval) : undefined, notice && deployment.notices.send(notice)]);
  }

  async tellOfSwitch({ scope, name, by, reason }: KillSwitch, isOn: boolean): Promise<void> {
    this.#audience.live.tell({ changed: "switches" });
    const what = scope === "all" ? "All runbooks" : `The ${scope} ${name}`;
    await deployment.notices.send({
      kind: "switch",
      title: `${what} ${scope === "all" ? "are" : "is"} switched ${isOn ? "on again" : "off"}`,
      lines: [`By ${by}`, `Reason: ${redactText(reason)}`],
      ...pageOf(""),
    });
  }

  async #tellSession({ id, requester, sessionObject }: Approval): Promise<void> {
    if (sessionObject === undefined) return;
    const { sessions } = this.#audience;
    try {
      await sessions.get(sessions.idFromString(sessionObject)).approvalDecided(id, requester.id);
    } catch (cause) {
      log("info", "approval.session_not_told", { approval_id: id, ...causeOf(cause) });
    }
  }
}

function isWaiting({ state }: Approval): boolean {
  return state === "requested";
}

/** A request calls people to the page; what one of them did alone calls the others. */
function noticeOf(approval: Approval, change: Change): PeopleNotice | undefined {
  const { id, runbook, requester, reason, expiresAtMs, decisions, state } = approval;
  const isWanted = change === "requested" && state === "requested";
  if (!isWanted && change !== "broken_glass") return undefined;

  const last = decisions.at(-1);
  const asker = requester.onBehalfOf === undefined ? requester.id : `${requester.id} for ${requester.onBehalfOf}`;
  const why = isWanted ? reason : last?.reason;
  return {
    kind: "approval",
    title: isWanted
      ? `Approval wanted: ${runbook.title} (${runbook.risk} risk)`
      : `Break-glass: ${runbook.title} was approved by ${last?.by ?? "somebody"} alone`,
    lines: [
      `${runbook.id}@${runbook.version} ${placeOf(approval)}`,
      `Asked for by ${redactText(asker)}`,
      ...(why === undefined ? [] : [`Reason: ${redactText(why)}`]),
      isWanted ? `Until ${new Date(expiresAtMs).toISOString()}` : "It must be looked at afterwards.",
    ],
    ...pageOf(`approvals/${id}`),
  };
}

function placeOf({ cluster, namespace }: Approval): string {
  return namespace === undefined ? `in cluster ${cluster}` : `in ${cluster}/${namespace}`;
}

function pageOf(path: string): { readonly url?: string } {
  const { CONSOLE_URL, PUBLIC_URL } = deployment.config;
  const base = CONSOLE_URL ?? PUBLIC_URL;
  return base === undefined ? {} : { url: `${base}/console/${path}` };
}
