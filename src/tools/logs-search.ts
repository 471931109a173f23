// Lines out of the logs of many pods, found by text, pattern and level.

import { LogLine, LogSummary, LogTruncated, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

const NARROWER = "a shorter since, a narrower pod_pattern or a filter";

export const logsSearch = defineReading({
  name: "logs.search",
  description:
    "Search the logs of a namespace's pods: by text or RE2, level and time, newest first. Secrets are redacted before matching. logs.patterns is the cheaper first look.",
  requires: "logs:read",
  rate: "10/minute",
  cost: 5,
  timeoutMs: 20_000,
  maxResultBytes: 64 * 1024,
  route: ROUTES.searchLogs,
  scope: "namespace",
  output: () => z.object({ lines: z.array(LogLine), summary: LogSummary, truncated: LogTruncated, meta: Meta }),

  answer({ lines, summary, truncated: told }, asked) {
    const besideBytes = byteLength(JSON.stringify({ summary, told }));
    const { shown, meta } = fit(lines, asked, { narrower: NARROWER, besideBytes });
    const isCut = shown.length < lines.length;
    const truncated = isCut ? { ...told, lines: true } : told;
    return {
      lines: shown,
      summary,
      truncated,
      meta: { ...meta, truncated: isTrue(truncated), ...hint(truncated, shown.at(-1), asked.request) },
    };
  },
});

export function isTrue(truncated: LogTruncated): boolean {
  return Object.values(truncated).includes(true);
}

type Asked = Pick<z.output<typeof ROUTES.searchLogs.request>, "order" | "dedupe">;

/** Where older lines are wanted, the moment to go on from is known; any other budget needs another question. */
function hint(truncated: LogTruncated, last: LogLine | undefined, { order, dedupe }: Asked): { hint?: string } {
  if (!isTrue(truncated)) return {};
  if (truncated.lines !== true || last === undefined) return { hint: `Not all was read: ask with ${NARROWER}.` };
  const folded = dedupe ? "" : ", or dedupe: true";
  if (order === "oldest") return { hint: `There are more lines: ask with a filter or a level${folded}.` };
  return {
    hint: `There are more lines: for older ones ask with until: "${last.ts}"; for fewer, a filter or a level${folded}.`,
  };
}
