// What changing a key comes with: its lines in the audit log, and those who stand on the key.

import { causeOf, log } from "../../log.ts";
import { MOST_KEYS_AN_HOUR } from "../../ports/key-admin.ts";
import { err } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { keyCard, lookingAt } from "./key-cards.ts";
import type { Note } from "../../ports/approval-console.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { KeyRefused, ListedKey, NewHolder } from "../../ports/key-admin.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { NewKey } from "./contract/keys.ts";

const DAY_MS = 86_400_000;

/** Two lines of one act: what is about to be done, and how it ended. Without the first nothing is done. */
export async function onRecord(
  note: Note,
  { desk, visit, services }: Asked,
  act: () => Promise<Result<undefined, KeyRefused | UpstreamFailure>>,
): Promise<Result<undefined, Problem>> {
  const whole = { ...note, callId: services.uuid() };
  const begun = await desk.note({ ...whole, outcome: "pending" }, visit);
  if (!begun.ok) return err(problemOf(begun.error));
  const done = await act();
  const end = done.ok ? ({ outcome: "ok" } as const) : ({ outcome: "failed", reason: done.error.kind } as const);
  // Whether this line is kept or not, it was done: the one before says by whom.
  await desk.note({ ...whole, ...end }, visit);
  return done.ok ? done : err(notDone(done.error));
}

/** They would notice by themselves within half a minute: nothing is undone where somebody cannot be told. */
export async function tellSessions({ keyId, principalId }: ListedKey, { desk }: Asked): Promise<void> {
  try {
    await desk.catalogue().keyEnded(keyId, principalId);
  } catch (cause) {
    log("warn", "console.sessions_not_told", { key_id: keyId, ...causeOf(cause) });
  }
  await desk.changed("sessions");
}

interface Made {
  readonly keyId: string;
  readonly days: number;
  readonly madeBy: readonly string[];
  readonly holder: NewHolder;
}

/** From what was asked: to look it up again could fail, and the secret be lost. */
export function newKey(secret: string, { keyId, days, madeBy, holder }: Made, asked: Asked): Response {
  const nowMs = asked.services.now();
  const { principalId, kind, roles, onBehalfOf, owner, note } = holder;
  const key: ListedKey = {
    ...{ keyId, principalId, kind, roles, onBehalfOf, owner, note, madeBy },
    ...{ createdAtMs: nowMs, expiresAtMs: nowMs + days * DAY_MS, revokedAtMs: undefined, lastUsedAtMs: undefined },
  };
  const body: NewKey = { key: keyCard(key, lookingAt([key], asked)), secret };
  return answer(body);
}

export function conflict(detail: string): Problem {
  return { status: 409, reason: "conflict", detail };
}

function notDone(failure: KeyRefused | UpstreamFailure): Problem {
  switch (failure.kind) {
    case "too_many":
      return {
        status: 429,
        reason: "rate_limited",
        detail: `One person makes ${MOST_KEYS_AN_HOUR} keys in an hour at most: try again later, or use npm run keys.`,
        headers: { "retry-after": "3600" },
      };
    case "name_taken":
      return conflict("There is a key of this principal, or was one: rotate it, or choose another name.");
    case "not_found":
      return conflict("The key has ended meanwhile: look at it again.");
    case "upstream_unavailable":
    case "upstream_timeout":
      return problemOf(failure);
  }
}
