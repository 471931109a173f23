// The console's policy page: which role may do what where, and what would become of a call.

import { PERMISSIONS, expand } from "../../access/permission.ts";
import { quotaOf } from "../../access/quotas.ts";
import { err, ok } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { SimulateBody } from "./contract/tools.ts";
import { readJson } from "./guard.ts";
import { checkPermitted, checkPerson } from "./permitted.ts";
import type { Principal } from "../../access/principal.ts";
import type { Quota } from "../../access/quotas.ts";
import type { ListedKey } from "../../ports/key-admin.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { PolicyView, Simulation } from "./contract/tools.ts";

type Served = Promise<Result<Response, Problem>>;

export function showPolicy(asked: Asked): Served {
  const allowed = checkPermitted(asked, "keys:admin", "audit:read");
  if (!allowed.ok) return Promise.resolve(allowed);
  const { config, policy } = asked.services;
  const special = Object.keys(config.quotas.roles).map(
    (role) => [role, written(quotaOf(config.quotas, [role]))] as const,
  );
  const body: PolicyView = {
    version: policy.version,
    permissions: [...PERMISSIONS],
    roles: Object.entries(config.roles).map(([name, { description, grants }]) => ({
      name,
      ...(description !== undefined && { description }),
      grants: grants.map(({ permissions, clusters, namespaces }) => ({
        permissions: [...new Set(permissions.flatMap(expand))],
        clusters: [...clusters],
        namespaces: [...namespaces],
      })),
    })),
    quotas: { default: written(config.quotas.default), ...Object.fromEntries(special) },
  };
  return Promise.resolve(ok(answer(body)));
}

export async function simulate(asked: Asked): Served {
  const body = await readJson(asked.request, SimulateBody());
  if (!body.ok) return body;
  const { who, tool, cluster, namespace } = body.value;
  const allowed = who.by === "me" ? checkPerson(asked) : checkPermitted(asked, "keys:admin", "audit:read");
  if (!allowed.ok) return allowed;
  const subject = await subjectOf(who, asked);
  if (!subject.ok) return subject;

  const judge = asked.services.judge(await asked.desk.catalogue().settingsNow());
  const {
    allowed: isAllowed,
    why,
    checks,
    grants,
  } = judge.simulate({ ...subject.value, tool, place: { cluster, namespace } });
  const answered: Simulation = {
    ...{ allowed: isAllowed, why, checks: checks.map((check) => ({ ...check })) },
    grants: grants.map((grant) => ({ ...grant, clusters: [...grant.clusters], namespaces: [...grant.namespaces] })),
    policy_version: asked.services.policy.version,
  };
  return ok(answer(answered));
}

interface Subject {
  readonly caller: Principal;
  readonly whyNotIn?: string | undefined;
}

async function subjectOf(who: SimulateBody["who"], asked: Asked): Promise<Result<Subject, Problem>> {
  const { visit, services, request } = asked;
  switch (who.by) {
    case "me":
      return ok({ caller: visit.principal });
    case "roles": {
      const unknown = who.roles.filter((role) => !services.policy.has(role));
      if (unknown.length > 0) return err(unknownRoles(unknown));
      return ok({ caller: principalOf("somebody", who) });
    }
    case "key": {
      const found = await services.keyAdmin.find(who.key_id, request.signal);
      if (!found.ok) return err(problemOf(found.error));
      if (!found.value) return err(NO_KEY);
      return ok({
        caller: principalOf(found.value.principalId, found.value),
        whyNotIn: whyNotIn(found.value, services.now()),
      });
    }
  }
}

/** Without a token, which could narrow what the roles give. */
function principalOf(id: string, { kind, roles }: Pick<ListedKey, "kind" | "roles">): Principal {
  return { id, kind, roles: [...roles], credential: { kind: "key", id: "" }, expiresAtMs: Number.MAX_SAFE_INTEGER };
}

function whyNotIn({ keyId, revokedAtMs, expiresAtMs }: ListedKey, nowMs: number): string | undefined {
  const at = (ms: number) => new Date(ms).toISOString();
  if (revokedAtMs !== undefined) return `The key ${keyId} was revoked at ${at(revokedAtMs)}.`;
  return expiresAtMs <= nowMs ? `The key ${keyId} expired at ${at(expiresAtMs)}.` : undefined;
}

function written({ minute, hour, day }: Quota): string {
  return `${minute}/minute, ${hour}/hour, ${day}/day`;
}

export function unknownRoles(roles: readonly string[]): Problem {
  const detail = `gatehouse.json has no role ${roles.map((role) => JSON.stringify(role)).join(", ")}.`;
  return { status: 400, reason: "invalid_request", detail };
}

const NO_KEY: Problem = { status: 404, reason: "not_found", detail: "There is no key of this id: keys lists them." };
