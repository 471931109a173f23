// The console's live sessions: who is there, what each does at this moment, and how a person steps in.

import { withDeadline } from "../../deadline.ts";
import { causeOf, log } from "../../log.ts";
import { err, ok } from "../../result.ts";
import { answer, nothing, problemOf } from "./answers.ts";
import { CancelBody, ReasonBody } from "./contract/live.ts";
import { readJson } from "./guard.ts";
import { checkPermitted, checkPerson, refusedAndNoted } from "./permitted.ts";
import { quotaCards } from "./quota-cards.ts";
import { sessionCard } from "./session-cards.ts";
import type { Note } from "../../ports/approval-console.ts";
import type { Presence, SessionLook, SessionsAsked } from "../../ports/live-sessions.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { LiveSessions } from "./contract/live.ts";
import type { Seen } from "./session-cards.ts";

type Served = Promise<Result<Response, Problem>>;

/** All of them are asked at once: each may have to be woken. */
const PAGE = 50;
/** One that does not answer within it is shown as not reached. */
const LOOK_TIMEOUT_MS = 1_000;
const STEP_IN_TIMEOUT_MS = 5_000;
const MAX_ID = 200;

export async function listSessions(asked: Asked): Served {
  const allowed = checkPermitted(asked, "sessions:read");
  if (!allowed.ok) return allowed;
  const wanted = readQuery(asked.request);
  if (!wanted.ok) return wanted;

  const { sessions, total } = await asked.desk.catalogue().present(wanted.value);
  const looks = await Promise.all(sessions.map((presence) => lookAt(presence.sessionId, asked)));
  // Of those that were asked: whoever calls nothing need not have another object woken to be shown.
  const busy = sessions.filter((_, index) => (looks[index]?.look?.callsPerMinute ?? 0) > 0);
  const quotas = await quotaCards(
    busy.map(({ principal }) => principal),
    asked.services.quotaUse,
  );
  const seen = sessions.flatMap((presence, index): readonly Seen[] => {
    const found = looks[index];
    return found?.isGone ? [] : [{ presence, look: found?.look, quota: quotas.get(presence.principal.id) }];
  });
  const last = sessions.length === PAGE ? sessions.at(-1) : undefined;
  const body: LiveSessions = {
    ...{ sessions: seen.map(sessionCard), total },
    ...(last && { next: `${last.openedAtMs}.${last.sessionId}` }),
    now: new Date(asked.services.now()).toISOString(),
  };
  return ok(answer(body));
}

export async function showSession(asked: Asked): Served {
  const allowed = checkPermitted(asked, "sessions:read");
  if (!allowed.ok) return allowed;
  const found = await find(asked);
  if (!found.ok) return found;
  const { presence, look } = found.value;
  const quotas = await quotaCards([presence.principal], asked.services.quotaUse);
  return ok(answer(sessionCard({ presence, look, quota: quotas.get(presence.principal.id) })));
}

export async function cancelCall(asked: Asked): Served {
  const allowed = await mayStepIn(asked, "session.call_cancelled");
  if (!allowed.ok) return allowed;
  const body = await readJson(asked.request, CancelBody());
  if (!body.ok) return body;
  const found = await find(asked);
  if (!found.ok) return found;
  const { presence, look } = found.value;
  if (!look) return err(NOT_REACHED);
  const { call_id: callId, reason } = body.value;
  const call = look.inFlight.find((one) => one.callId === callId);
  if (!call) return err(CALL_ENDED);
  if (!call.mayCancel) return err(BEGUN);

  // Under the call's own id, so that whoever looks at the call finds who stopped it.
  const facts = { session_id: presence.sessionId, principal: presence.principal.id, tool: call.tool, reason };
  const noted = await asked.desk.note({ action: "session.call_cancelled", callId, params: facts }, asked.visit);
  if (!noted.ok) return err(problemOf(noted.error));
  const done = await reach(asked, (session) => session.cancelCall(callId));
  if (done === undefined) return err(NOT_REACHED);
  if (done === "ended") return err(CALL_ENDED);
  if (done === "begun") return err(BEGUN);
  await asked.desk.changed("calls");
  return showSession(asked);
}

export async function disconnect(asked: Asked): Served {
  const allowed = await mayStepIn(asked, "session.disconnected");
  if (!allowed.ok) return allowed;
  const body = await readJson(asked.request, ReasonBody());
  if (!body.ok) return body;
  const presence = await presenceOf(asked);
  if (!presence) return err(UNKNOWN);
  if (presence.via === "stateless") return err(NO_SESSION);

  const facts = { session_id: presence.sessionId, principal: presence.principal.id, reason: body.value.reason };
  const noted = await asked.desk.note({ action: "session.disconnected", params: facts }, asked.visit);
  if (!noted.ok) return err(problemOf(noted.error));
  const done = await reach(asked, (session) => session.disconnect());
  if (done === undefined) return err(NOT_REACHED);
  if (done === "kept") return err(NO_SESSION);
  await asked.desk.changed("sessions");
  return done === "gone" ? err(UNKNOWN) : ok(nothing());
}

async function mayStepIn(asked: Asked, action: Note["action"]): Promise<Result<undefined, Problem>> {
  const person = checkPerson(asked);
  const allowed = person.ok ? checkPermitted(asked, "sessions:manage") : person;
  if (allowed.ok) return allowed;
  const params = { session_id: asked.id.slice(0, MAX_ID) };
  return err(await refusedAndNoted(allowed.error, { action, params }, asked));
}

interface Looked {
  readonly look: SessionLook | undefined;
  /** It answered that there is nobody any more. */
  readonly isGone: boolean;
}

async function lookAt(sessionId: string, asked: Asked): Promise<Looked> {
  const looked = await reach(
    { ...asked, id: sessionId },
    async (session) => ({ look: await session.look() }),
    LOOK_TIMEOUT_MS,
  );
  return { look: looked?.look, isGone: looked !== undefined && looked.look === undefined };
}

async function find(asked: Asked): Promise<Result<{ presence: Presence; look: SessionLook | undefined }, Problem>> {
  const presence = await presenceOf(asked);
  if (!presence) return err(UNKNOWN);
  const { look, isGone } = await lookAt(presence.sessionId, asked);
  return isGone ? err(UNKNOWN) : ok({ presence, look });
}

/** By the catalogue alone: an id that was made up wakes no object. */
async function presenceOf({ desk, id }: Asked): Promise<Presence | undefined> {
  return id.length > MAX_ID ? undefined : desk.catalogue().presence(id);
}

type Reached = ReturnType<Asked["desk"]["sessionOf"]>;

/** Undefined where it does not answer: whether it heard is not known then. */
async function reach<T>(
  { desk, id }: Asked,
  question: (session: Reached) => Promise<T>,
  timeoutMs = STEP_IN_TIMEOUT_MS,
): Promise<T | undefined> {
  try {
    const asked = await withDeadline(timeoutMs, undefined, () => question(desk.sessionOf(id)));
    return asked.ok ? asked.value : undefined;
  } catch (cause) {
    log("warn", "console.session_not_reached", { session_id: id, ...causeOf(cause) });
    return undefined;
  }
}

function readQuery({ url }: Request): Result<SessionsAsked, Problem> {
  const { searchParams } = new URL(url);
  const [principal, cursor] = [searchParams.get("principal") ?? undefined, searchParams.get("cursor")];
  if (principal !== undefined && (principal === "" || principal.length > 128)) return err(BAD_LIST);
  const position = cursor === null ? undefined : /^(?<at>\d{1,15})\.(?<id>.{1,200})$/.exec(cursor)?.groups;
  if (cursor !== null && !position) return err(BAD_LIST);
  const after = position && { openedAtMs: Number(position.at), sessionId: position.id ?? "" };
  return ok({ principal, after, limit: PAGE });
}

const UNKNOWN: Problem = {
  status: 404,
  reason: "not_found",
  detail: "There is no open session of this id: it has ended, or never was.",
};
const BAD_LIST: Problem = {
  status: 400,
  reason: "invalid_request",
  detail: "principal is a name of 128 characters at most, cursor what the page before said in next.",
};
const NOT_REACHED: Problem = {
  status: 503,
  reason: "upstream_unavailable",
  detail: "The session did not answer, so it is not known whether this was done: look at it again.",
  headers: { "retry-after": "2" },
};
const CALL_ENDED: Problem = {
  status: 409,
  reason: "conflict",
  detail: "This call has ended already: there is nothing left to cancel.",
};
const BEGUN: Problem = {
  status: 409,
  reason: "conflict",
  detail: "This call changes something and has begun: what has begun is not torn. A run is stopped on its own page.",
};
const NO_SESSION: Problem = {
  status: 409,
  reason: "conflict",
  detail:
    "These are single requests, with no session that could end: cancel a call, or revoke the key to keep them out.",
};
