// When an answer is too large to send: how large, and by which labels it could be asked for in a few lines.
import { writeSelector } from "../contract/promql/index.ts";
import { fail } from "../failure.ts";
import { safe } from "../safe.ts";
import { Names } from "./api-answer.ts";
import { MAX_SERIES } from "./client.ts";
import { parseValue } from "./numbers.ts";

import type { Checked } from "../contract/promql/index.ts";
import type { Failure } from "../failure.ts";
import type { Prometheus } from "./client.ts";

const MAX_LABELS = 4;
/** These part series without saying anything about them. */
const UNTELLING: readonly string[] = ["__name__", "le", "uid", "id"];

/** Two more questions, each small; where they fail, the advice is general. */
export async function tooMuch(query: Checked, prometheus: Prometheus, signal: AbortSignal): Promise<Failure> {
  const labels = await labelsOf(query, prometheus, signal);
  const counts = await countsOf(query, { labels, prometheus }, signal);
  const series = counts.get("") ?? MAX_SERIES;
  const known = labels
    .filter((label) => counts.has(label))
    .toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
  const [best = "namespace"] = known;
  const listed = known.map((label) => `${safe(label, 64)} ${counts.get(label) ?? 0}`).join(", ");
  const cardinalities = listed === "" ? "" : `. Labels by number of values: ${listed}`;
  return fail(
    "too_much",
    `${series}${counts.has("") ? "" : "+"} series are too many to send; try topk(20, …), or sum by (${safe(best, 64)}) (…)${cardinalities}`,
  ).error;
}

async function labelsOf(
  { selectors }: Checked,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [first] = selectors;
  if (!first) return [];
  const answered = await prometheus.read(
    { path: ["labels"], query: { "match[]": writeSelector(first) }, data: Names },
    signal,
  );
  if (!answered.ok) return [];
  const plain = answered.value.data.filter((name) => /^[a-zA-Z_]\w*$/.test(name) && !UNTELLING.includes(name));
  return plain.slice(0, MAX_LABELS);
}

interface Counting {
  readonly labels: readonly string[];
  readonly prometheus: Prometheus;
}

/** All in one question: how many series there are (under the empty name), and how many values each label has in them. */
async function countsOf(
  { normalised }: Checked,
  { labels, prometheus }: Counting,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counted = labels.map((label) => named(`count(count by(${label})(${normalised}))`, label));
  const query = [named(`count(${normalised})`, ""), ...counted].join(" or ");
  const answered = await prometheus.query({ query }, signal);
  const data = answered.ok ? answered.value.data : undefined;
  if (data?.resultType !== "vector") return new Map();
  return new Map(data.result.map(({ metric, value }) => [metric.counted_label ?? "", parseValue(value?.[1] ?? "0")]));
}

function named(query: string, label: string): string {
  return `label_replace(${query},"counted_label","${label}","","")`;
}
