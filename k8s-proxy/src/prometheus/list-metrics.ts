// Answers which metrics there are: by pattern or prefix, or else the families they fall into.
import { RE2JS, RE2JSException } from "re2js";
import { namespaceMatcher } from "../contract/promql/index.ts";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { Names } from "./api-answer.ts";
import { checked, configured } from "./guard.ts";
import { describe, familiesOf } from "./metric-names.ts";

import type * as z from "zod";
import type { ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";

type Asked = z.output<typeof ROUTES.listMetrics.request>;

/** Metrics that nothing has reported for this long are of no use to ask about. */
const SEEN_WITHIN_S = 24 * 3_600;

export const listMetrics: Handles<typeof ROUTES.listMetrics> = async (asked, reading) => {
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const match = matchOf(asked, reading);
  if (!match.ok) return match;
  const isWanted = filterOf(asked);
  if (!isWanted.ok) return isWanted;

  const start = Math.floor(reading.now() / 1000) - SEEN_WITHIN_S;
  const question = { path: ["label", "__name__", "values"], query: { "match[]": match.value, start }, data: Names };
  const listed = await prometheus.value.read(question, reading.signal);
  if (!listed.ok) return listed;

  const names = listed.value.data.filter(isWanted.value).toSorted();
  const isBroad = asked.name_pattern === undefined && asked.prefix === undefined;
  if (isBroad && asked.continue === undefined && names.length > asked.limit) return ok(grouped(names, asked));
  const metadata = await prometheus.value.metadata(reading.signal);
  if (!metadata.ok) reading.warn("Types and descriptions could not be read.");
  const { shown, next } = page(names, asked);
  return ok({
    metrics: shown.map((name) => describe(name, metadata.ok ? metadata.value : {})),
    total: names.length,
    ...(next !== undefined && { continue: next }),
    ...(names.length === 0 && { hint: "No metric is called that: try a shorter prefix, or none to see the families." }),
  });
};

/** Which series may lend their names. Undefined for all, which costs no look at any of them. */
function matchOf({ selector }: Asked, reading: Reading): Result<string | undefined, Failure> {
  const { isEverything, patterns } = reading.reach;
  if (selector === undefined) return ok(isEverything ? undefined : `{${namespaceMatcher(patterns)}}`);
  const query = checked(selector, reading);
  if (!query.ok) return query;
  if (!query.value.isSelector) return fail("invalid_request", 'selector must be one selector, such as {job="api"}');
  return ok(query.value.normalised);
}

function filterOf({ name_pattern, prefix = "" }: Asked): Result<(name: string) => boolean, Failure> {
  if (name_pattern === undefined) return ok((name) => name.startsWith(prefix));
  try {
    const pattern = RE2JS.compile(name_pattern);
    return ok((name) => name.startsWith(prefix) && pattern.matcher(name).find());
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    return fail("invalid_request", `name_pattern is not RE2: ${cause.message}`);
  }
}

function grouped(names: readonly string[], { limit }: Asked) {
  const families = familiesOf(names);
  const more = families.length > limit ? `, of which the largest ${limit} are shown` : "";
  return {
    metrics: [],
    families: families.slice(0, limit),
    total: names.length,
    hint: `${names.length} metrics in ${families.length} families${more}: ask again with prefix or name_pattern.`,
  };
}

function page(names: readonly string[], { limit, continue: after }: Asked) {
  const last = after === undefined ? "" : Buffer.from(after, "base64url").toString("utf8");
  const rest = after === undefined ? names : names.filter((name) => name > last);
  const shown = rest.slice(0, limit);
  const end = shown.at(-1);
  const next =
    rest.length > shown.length && end !== undefined ? Buffer.from(end, "utf8").toString("base64url") : undefined;
  return { shown, next };
}
