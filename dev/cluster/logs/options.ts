// What may be asked of a log, refused in the API server's words when it makes no sense.
import { ApiRefusal } from "../api-status.ts";

import type { LogOptions } from "./select.ts";

export interface LogRequest extends LogOptions {
  readonly container: string | undefined;
  readonly previous: boolean;
}

const KNOWN: readonly string[] = [
  "container",
  "previous",
  "tailLines",
  "sinceSeconds",
  "sinceTime",
  "limitBytes",
  "timestamps",
];

export function logRequest(query: URLSearchParams, pod: string, now: number): LogRequest {
  const unknown = [...query.keys()].find((name) => !KNOWN.includes(name));
  if (unknown === "stream") throw invalid(pod, { field: "stream", type: "Forbidden", fault: "may not be specified" });
  // To follow a log is beyond a stand-in, and to leave a parameter out silently would be a wrong answer.
  if (unknown !== undefined) throw new ApiRefusal(400, `this stand-in does not know the parameter ${unknown}`);

  const tailLines = whole(query, "tailLines");
  const sinceSeconds = whole(query, "sinceSeconds");
  const limitBytes = whole(query, "limitBytes");
  const sinceTime = moment(query.get("sinceTime"));
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    const fault = "at most one of `sinceTime` or `sinceSeconds` may be specified";
    throw invalid(pod, { field: "[]", type: "Forbidden", fault });
  }
  requireAtLeast(pod, { field: "limitBytes", value: limitBytes, least: 1 });
  requireAtLeast(pod, { field: "sinceSeconds", value: sinceSeconds, least: 1 });
  requireAtLeast(pod, { field: "tailLines", value: tailLines, least: 0 });

  const sinceMs = sinceSeconds === undefined ? sinceTime : now - sinceSeconds * 1_000;
  return {
    container: query.get("container") ?? undefined,
    previous: truth(query.get("previous")),
    timestamps: truth(query.get("timestamps")),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceMs !== undefined && { sinceMs }),
  };
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^[+-]?\d{1,18}$/.test(text)) throw new ApiRefusal(400, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

function moment(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new ApiRefusal(400, `parsing time "${text}" as "2006-01-02T15:04:05Z07:00": cannot parse`);
  return at;
}

function truth(text: string | null): boolean {
  return text !== null && text !== "false" && text !== "0";
}

interface Bound {
  readonly field: string;
  readonly value: number | undefined;
  readonly least: 0 | 1;
}

function requireAtLeast(pod: string, { field, value, least }: Bound): void {
  if (value === undefined || value >= least) return;
  const fault = `${value}: must be greater than ${least === 0 ? "or equal to 0" : "0"}`;
  throw invalid(pod, { field, type: "Invalid value", fault });
}

interface Fault {
  readonly field: string;
  readonly type: "Forbidden" | "Invalid value";
  readonly fault: string;
}

function invalid(pod: string, { field, type, fault }: Fault): ApiRefusal {
  const reason = type === "Forbidden" ? "FieldValueForbidden" : "FieldValueInvalid";
  const causes = [{ reason, message: `${type}: ${fault}`, field }];
  const message = `PodLogOptions "${pod}" is invalid: ${field}: ${type}: ${fault}`;
  return new ApiRefusal(422, message, { details: { name: pod, kind: "PodLogOptions", causes } });
}
