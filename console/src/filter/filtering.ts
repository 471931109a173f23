// The filter of an address, and the addresses that lead from it to others.

import {
  DEFAULT_AUDIT_RANGE,
  formatAuditFilter,
  parseAuditFilter,
} from "../../../src/http/console/contract/audit-filter.ts";
import type {
  AuditFacet,
  AuditFilter,
  AuditFilterFault,
  AuditTime,
} from "../../../src/http/console/contract/audit-filter.ts";
import type { Route } from "../router/route.ts";

export type { AuditFacet, AuditFilter, AuditFilterFault, AuditTime };

/** A filter, and the page that shows what is found with one. */
export interface Filtering {
  readonly filter: AuditFilter;
  readonly to: (filter: AuditFilter) => Route;
}

export const NO_FILTER: AuditFilter = { time: { last: DEFAULT_AUDIT_RANGE }, where: {} };

export function filterOf(query: string): AuditFilter | AuditFilterFault {
  return parseAuditFilter(new URLSearchParams(query));
}

/** The same for every filter that is the same. */
export function queryOf(filter: AuditFilter): string {
  return formatAuditFilter(filter).toString();
}

export function isOn({ where }: AuditFilter, facet: AuditFacet, value: string): boolean {
  return where[facet]?.includes(value) ?? false;
}

/** With the value where it was not, and without it where it was. */
export function toggled(filter: AuditFilter, facet: AuditFacet, value: string): AuditFilter {
  const { [facet]: values = [], ...others } = filter.where;
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  return { ...filter, where: next.length === 0 ? others : { ...others, [facet]: next } };
}

/** At the same time, and nothing else but this. */
export function only({ time }: AuditFilter, facet: AuditFacet, value: string): AuditFilter {
  return { time, where: { [facet]: [value] } };
}

/** With this value in the place of any other of its facet. */
export function narrowed({ time, where }: AuditFilter, facet: AuditFacet, value: string): AuditFilter {
  return { time, where: { ...where, [facet]: [value] } };
}

export function during({ where }: AuditFilter, time: AuditTime): AuditFilter {
  return { time, where };
}

/** What is left of a query when the part that is wrong is taken out; nothing where that does not help. */
export function mended(query: string, { param }: AuditFilterFault): AuditFilter {
  const params = new URLSearchParams(query);
  for (const name of isOfTime(param) ? ["last", "from", "to"] : [param]) params.delete(name);
  const filter = parseAuditFilter(params);
  return "message" in filter ? NO_FILTER : filter;
}

function isOfTime(param: string): boolean {
  return param === "last" || param === "from" || param === "to";
}
