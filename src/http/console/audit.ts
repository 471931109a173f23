// The console's audit log: rows, what they amount to, one row's story, what was asked in it, and how far it is verified.

import { err, ok } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { AUDIT_UUID, badFilter, positionOf, questionOf, readingOf, unread, UNKNOWN_ROW } from "./audit-asked.ts";
import type { Note } from "../../ports/approval-console.ts";
import type { AuditContent, AuditPosition } from "../../ports/audit-reader.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { AuditEvent, AuditPage, AuditPayload, AuditSummary } from "./contract/audit.ts";

type Served = Promise<Result<Response, Problem>>;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export async function listAudit(asked: Asked): Served {
  const reading = readingOf(asked, "audit:read");
  if (!reading.ok) return reading;
  const { reader, sight } = reading.value;
  const question = questionOf(asked, sight, ["limit", "cursor"]);
  if (!question.ok) return question;
  const page = pageOf(asked);
  if (!page.ok) return page;

  const found = await reader.search({ ...question.value, ...page.value }, asked.request.signal);
  if (!found.ok) return err(unread(found.error));
  const { rows, next } = found.value;
  const { fromMs, toMs } = question.value;
  const body: AuditPage = {
    rows: [...rows],
    ...(next && { next: cursorOf(next) }),
    ...{ from: iso(fromMs), to: iso(toMs), now: iso(asked.services.now()) },
  };
  return ok(answer(body));
}

export async function summarizeAudit(asked: Asked): Served {
  const reading = readingOf(asked, "audit:read");
  if (!reading.ok) return reading;
  const { reader, sight } = reading.value;
  const question = questionOf(asked, sight);
  if (!question.ok) return question;

  const summed = await reader.summary(question.value, asked.request.signal);
  if (!summed.ok) return err(unread(summed.error));
  const { total, bucketS, histogram, facets } = summed.value;
  const { fromMs, toMs } = question.value;
  const body: AuditSummary = {
    ...{ from: iso(fromMs), to: iso(toMs), total, bucket_s: bucketS },
    histogram: histogram.map(({ atMs, ...tally }) => ({ at: iso(atMs), ...tally })),
    facets: Object.fromEntries(Object.entries(facets).map(([facet, values]) => [facet, [...values]])),
  };
  return ok(answer(body));
}

export async function showAuditEvent(asked: Asked): Served {
  const reading = readingOf(asked, "audit:read");
  if (!reading.ok) return reading;
  const position = positionOf(asked);
  if (!position.ok) return position;

  const { reader, sight } = reading.value;
  const found = await reader.event(position.value, sight, asked.request.signal);
  if (!found.ok) return err(unread(found.error));
  if (!found.value) return err(UNKNOWN_ROW);
  const { row, timeline, prevHash, hash, intact, checkpoint } = found.value;
  const body: AuditEvent = {
    ...{ row, timeline: [...timeline], prev_hash: prevHash, hash, intact },
    ...(checkpoint && { checkpoint }),
  };
  return ok(answer(body));
}

/** Whoever looks at what was asked is on record before they see it, and so is whoever tries. */
export async function showAuditPayload(asked: Asked): Served {
  const reading = readingOf(asked, "audit:read_payload");
  if (!reading.ok) return reading.error.status === 403 ? refusedOnRecord(asked, reading.error) : reading;
  const position = positionOf(asked);
  if (!position.ok) return position;

  const { reader, sight } = reading.value;
  const found = await reader.payload(position.value, sight, asked.request.signal);
  if (!found.ok) return err(unread(found.error));
  if (!found.value) return refusedOnRecord(asked, UNKNOWN_ROW);
  const noted = await asked.desk.note(noteOf(found.value), asked.visit);
  return noted.ok ? ok(answer(payloadOf(found.value))) : err(problemOf(noted.error));
}

async function refusedOnRecord({ desk, visit, id }: Asked, problem: Problem): Served {
  const refused = { action: "audit.payload_read", outcome: "refused", reason: problem.reason } as const;
  const noted = await desk.note({ ...refused, params: { event_id: id } }, visit);
  return err(noted.ok ? problem : problemOf(noted.error));
}

/** Where the row is about, so that whoever sees the row sees who has looked into it. */
function noteOf({ id, cluster, namespace }: AuditContent): Note {
  const target = cluster === undefined ? undefined : { cluster, ...(namespace !== undefined && { namespace }) };
  return { action: "audit.payload_read", target, params: { event_id: id } };
}

function payloadOf({ id, params, paramsDigest, record }: AuditContent): AuditPayload {
  return { id, params, ...(paramsDigest !== undefined && { params_digest: paramsDigest }), record };
}

interface Page {
  readonly limit: number;
  readonly after: AuditPosition | undefined;
}

function pageOf({ request }: Asked): Result<Page, Problem> {
  const { searchParams } = new URL(request.url);
  const written = searchParams.get("limit") ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,3}$/.test(written) ? Number(written) : 0;
  if (limit < 1 || limit > MAX_LIMIT) return err(badFilter("limit", `must be a whole number from 1 to ${MAX_LIMIT}`));
  const cursor = searchParams.get("cursor");
  if (cursor === null) return ok({ limit, after: undefined });
  const after = readCursor(cursor);
  return after ? ok({ limit, after }) : err(badFilter("cursor", "must be the next of a page before, as it was given"));
}

/** No secret, and no way around anything: every page asks anew what may be seen. */
function cursorOf({ tsMs, id }: AuditPosition): string {
  return `${tsMs}_${id}`;
}

function readCursor(text: string): AuditPosition | undefined {
  const [ts = "", id = "", ...more] = text.split("_");
  const isSound = /^\d{1,14}$/.test(ts) && AUDIT_UUID.test(id) && more.length === 0;
  return isSound ? { tsMs: Number(ts), id } : undefined;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
