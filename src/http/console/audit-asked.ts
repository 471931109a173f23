// What must be true of a question to the audit log: somebody who may ask, a log that can be read, and a filter that is one.

import { authorize } from "../../access/grant.ts";
import { sightOf } from "../../ports/audit-reader.ts";
import { err, ok } from "../../result.ts";
import { momentOf, parseAuditFilter, spanOf } from "./contract/audit-filter.ts";
import { AUDIT_FACETS } from "./contract/audit-filter.ts";
import type { AuditPosition, AuditQuestion, AuditReader, AuditSight } from "../../ports/audit-reader.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

export const AUDIT_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Reading {
  readonly reader: AuditReader;
  /** Where the permission reaches. */
  readonly sight: AuditSight;
}

export function readingOf(asked: Asked, permission: "audit:read" | "audit:read_payload"): Result<Reading, Problem> {
  const { visit, services } = asked;
  const granted = authorize(visit.principal, permission, services.policy);
  if (!granted.ok) return err(mayNot(permission));
  const reader = services.auditReader;
  return reader ? ok({ reader, sight: sightOf(granted.value) }) : err(NOT_CONFIGURED);
}

/** The rows that the address asks for, as of now. */
export function questionOf(
  { request, services }: Asked,
  sight: AuditSight,
  besides: readonly string[] = [],
): Result<AuditQuestion, Problem> {
  const { searchParams } = new URL(request.url);
  const known = [...AUDIT_FACETS, "last", "from", "to", ...besides];
  // A name that is misspelt narrows nothing: what is shown then would be taken for what was asked.
  const unknown = [...searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) return err(badFilter(unknown.slice(0, 64), `is unknown: there is ${known.join(", ")}`));
  const filter = parseAuditFilter(searchParams);
  if ("message" in filter) return err(badFilter(filter.param, filter.message));
  return ok({ ...spanOf(filter.time, services.now()), where: filter.where, sight });
}

/** Of the row that the path names, and `at` says when it was. */
export function positionOf({ request, id }: Asked): Result<AuditPosition, Problem> {
  const tsMs = momentOf(new URL(request.url).searchParams.get("at") ?? "");
  if (!AUDIT_UUID.test(id))
    return err(badFilter("id", "must be the id of a row, such as 9f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d"));
  if (tsMs === undefined) return err(badFilter("at", "must be the ts of the row, such as 2026-11-29T08:00:00.000Z"));
  return ok({ id, tsMs });
}

export function badFilter(param: string, message: string): Problem {
  return { status: 400, reason: "invalid_request", detail: `${param} ${message}.`, more: { param } };
}

export function unread(failure: UpstreamFailure): Problem {
  const advice = failure.kind === "upstream_timeout" ? " Ask for a shorter time, or for fewer rows." : "";
  const headers = { "retry-after": "5" };
  return { status: 503, reason: failure.kind, detail: `${failure.message}.${advice}`, headers };
}

function mayNot(permission: string): Problem {
  const detail = `This needs the permission ${permission}: whoever keeps the roles of this deployment can give it.`;
  return { status: 403, reason: "permission_denied", detail };
}

const NOT_CONFIGURED: Problem = {
  status: 503,
  reason: "not_configured",
  detail:
    "This deployment cannot read its audit log: set the secret DATABASE_READER_URL, which logs in as gatehouse_reader, and deploy again.",
};

export const UNKNOWN_ROW: Problem = {
  status: 404,
  reason: "not_found",
  detail: "There is no such row at that moment that you may see. Rows are kept for the days of their retention.",
};
