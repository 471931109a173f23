// The console's keys: who holds which, and making, replacing and revoking them. A secret is shown once and kept nowhere.

import { authorize } from "../../access/grant.ts";
import { isGivable, whyNotCreate, whyNotRotate } from "../../access/key-rules.ts";
import { MAX_KEY_DAYS } from "../../access/api-key.ts";
import { namesOf } from "../../approvals/same-person.ts";
import { err, ok } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { CreateKey, RotateKey } from "./contract/keys.ts";
import { ReasonBody } from "./contract/live.ts";
import { readJson } from "./guard.ts";
import { conflict, newKey, onRecord, tellSessions } from "./key-acts.ts";
import { keyCard, lookingAt, rulesOf, stateOf } from "./key-cards.ts";
import { checkPerson, notPermitted, refusedAndNoted } from "./permitted.ts";
import type { WhyNot } from "../../access/key-rules.ts";
import type { Note } from "../../ports/approval-console.ts";
import type { ListedKey } from "../../ports/key-admin.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { Keys } from "./contract/keys.ts";

type Served = Promise<Result<Response, Problem>>;

export async function listKeys(asked: Asked): Served {
  const allowed = checkKeysAdmin(asked);
  if (!allowed.ok) return allowed;
  const { services, request } = asked;
  const keys = await services.keyAdmin.list(request.signal);
  if (!keys.ok) return err(problemOf(keys.error));
  const looking = lookingAt(keys.value, asked);
  const givable = Object.entries(services.config.roles).filter(([name]) => isGivable(name, looking.rules));
  const body: Keys = {
    keys: keys.value.map((key) => keyCard(key, looking)),
    roles: givable.map(([name, { description }]) => ({ name, ...(description !== undefined && { description }) })),
    now: new Date(looking.nowMs).toISOString(),
  };
  return ok(answer(body));
}

export async function createKey(asked: Asked): Served {
  const allowed = await mayChange(asked, { action: "key.created" });
  if (!allowed.ok) return allowed;
  const body = await readJson(asked.request, CreateKey());
  if (!body.ok) return body;
  const { principal, kind, roles, expires_in_days: days, on_behalf_of: onBehalfOf, note } = body.value;
  const { visit, services, request } = asked;
  const owner = body.value.owner ?? visit.principal.id;
  const holder = { principalId: principal, kind, roles: [...new Set(roles)], onBehalfOf, owner, note };
  const facts = { principal, kind, roles: holder.roles, owner, on_behalf_of: onBehalfOf, expires_in_days: days };
  const whyNot = whyNotCreate({ ...holder, days }, rulesOf(asked));
  if (whyNot) return err(await noted(whyNot, { action: "key.created", params: facts }, asked));

  const minted = services.mintKey();
  const made = { keyId: minted.keyId, secretHmac: minted.secretHmac, days, madeBy: namesOf(visit.principal) };
  const params = { key_id: minted.keyId, ...facts };
  const done = await onRecord({ action: "key.created", params }, asked, () =>
    services.keyAdmin.create({ ...made, holder }, request.signal),
  );
  if (!done.ok) return done;
  await asked.desk.changed("keys");
  return ok(newKey(minted.text, { ...made, holder }, asked));
}

export async function rotateKey(asked: Asked): Served {
  const allowed = await mayChange(asked, { action: "key.rotated", params: { replaces: asked.id } });
  if (!allowed.ok) return allowed;
  const body = await readJson(asked.request, RotateKey());
  if (!body.ok) return body;
  const old = await findActive(asked);
  if (!old.ok) return old;
  const { visit, services, request } = asked;
  const { expires_in_days: days, overlap_minutes: overlapMinutes } = body.value;
  const { keyId: replaces, principalId: principal } = old.value;
  const facts = { replaces, principal, overlap_minutes: overlapMinutes, expires_in_days: days };
  const whyNot = whyNotRotated(old.value, days, asked);
  if (whyNot) return err(await noted(whyNot, { action: "key.rotated", params: facts }, asked));

  const minted = services.mintKey();
  const made = { keyId: minted.keyId, secretHmac: minted.secretHmac, days, madeBy: namesOf(visit.principal) };
  const params = { key_id: minted.keyId, ...facts };
  const done = await onRecord({ action: "key.rotated", params }, asked, () =>
    services.keyAdmin.rotate({ ...made, replaces, overlapMinutes }, request.signal),
  );
  if (!done.ok) return done;
  if (overlapMinutes === 0) await tellSessions(old.value, asked);
  await asked.desk.changed("keys");
  return ok(newKey(minted.text, { ...made, holder: old.value }, asked));
}

export async function revokeKey(asked: Asked): Served {
  const allowed = await mayChange(asked, { action: "key.revoked", params: { key_id: asked.id } });
  if (!allowed.ok) return allowed;
  const body = await readJson(asked.request, ReasonBody());
  if (!body.ok) return body;
  const key = await findActive(asked);
  if (!key.ok) return key;
  const { services, request } = asked;
  const { keyId, principalId } = key.value;
  const params = { key_id: keyId, principal: principalId, reason: body.value.reason };
  const done = await onRecord({ action: "key.revoked", params }, asked, () =>
    services.keyAdmin.revoke(keyId, request.signal),
  );
  if (!done.ok) return done;
  await tellSessions(key.value, asked);
  await asked.desk.changed("keys");
  const revoked = { ...key.value, revokedAtMs: services.now() };
  return ok(answer(keyCard(revoked, lookingAt([revoked], asked))));
}

/** Keys reach everything, so only a grant for every cluster and namespace counts. */
function checkKeysAdmin({ visit, services }: Asked): Result<undefined, Problem> {
  const granted = authorize(visit.principal, "keys:admin", services.policy);
  if (granted.ok && granted.value.covers({ cluster: "*" }).ok) return ok(undefined);
  return err(notPermitted("You need the permission keys:admin, granted for every cluster and namespace."));
}

async function mayChange(asked: Asked, note: Note): Promise<Result<undefined, Problem>> {
  const person = checkPerson(asked);
  const allowed = person.ok ? checkKeysAdmin(asked) : person;
  return allowed.ok ? allowed : err(await refusedAndNoted(allowed.error, note, asked));
}

function whyNotRotated(key: ListedKey, days: number, asked: Asked): WhyNot | undefined {
  const message = whyNotRotate(key, rulesOf(asked));
  if (message !== undefined) return { kind: "forbidden", message };
  return days > MAX_KEY_DAYS ? { kind: "invalid", message: `A key lasts ${MAX_KEY_DAYS} days at most.` } : undefined;
}

async function noted({ kind, message: detail }: WhyNot, note: Note, asked: Asked): Promise<Problem> {
  if (kind === "invalid") return { status: 400, reason: "invalid_request", detail };
  return refusedAndNoted(notPermitted(detail), note, asked);
}

async function findActive({ id, services, request }: Asked): Promise<Result<ListedKey, Problem>> {
  const found = id.length > 64 ? ok(undefined) : await services.keyAdmin.find(id, request.signal);
  if (!found.ok) return err(problemOf(found.error));
  if (!found.value) return err(UNKNOWN);
  const state = stateOf(found.value, services.now());
  return state === "active" ? ok(found.value) : err(conflict(`This key is ${state} already.`));
}

const UNKNOWN: Problem = { status: 404, reason: "not_found", detail: "There is no key of this id." };
