// What verification has found, for a person and for a program.

import { EXIT_CODES } from "../../src/audit/verify/finding.ts";
import { styled } from "../stack/terminal.ts";
import type { Finding } from "../../src/audit/verify/finding.ts";
import type { LogSummary } from "../../src/audit/verify/log.ts";
import type { LogSource } from "./source.ts";

export interface Result {
  readonly source: Pick<LogSource, "name" | "beginning">;
  readonly summary: LogSummary;
  readonly rowsPerSecond: number | undefined;
}

export function asJson({ source, summary, rowsPerSecond }: Result): string {
  const { verdict, findings } = summary;
  return JSON.stringify(
    {
      verdict,
      exit_code: EXIT_CODES[verdict],
      source: source.name,
      rows: summary.rows,
      chains: summary.chains,
      checkpoints: summary.checkpoints,
      roots: summary.roots,
      rows_not_yet_signed: summary.rowsUnsigned,
      chains_not_yet_signed: summary.chainsUnsigned,
      chains_begun_earlier: summary.chainsCut,
      finding_count: summary.findingCount,
      findings: findings.map(({ kind, chainId, seq, eventId, ts, detail }) => ({
        kind,
        chain_id: chainId,
        seq,
        event_id: eventId,
        ts,
        detail,
      })),
      rows_per_second: rowsPerSecond === undefined ? undefined : Math.round(rowsPerSecond),
    },
    null,
    2,
  );
}

export function asText({ source, summary, rowsPerSecond }: Result): string {
  const { findings, findingCount } = summary;
  const more = findingCount - findings.length;
  return [
    source.name,
    `  ${count(summary.rows)} rows in ${count(summary.chains)} chains, ${count(summary.checkpoints)} checkpoints, ${count(summary.roots)} daily roots`,
    ...unsigned(summary),
    ...begunEarlier(source, summary),
    ...(rowsPerSecond === undefined ? [] : [`  ${count(Math.round(rowsPerSecond))} rows a second`]),
    "",
    ...findings.map(inWords),
    ...(more > 0 ? [`… and ${count(more)} more`] : []),
    ending(summary),
  ].join("\n");
}

function unsigned({ rowsUnsigned, chainsUnsigned }: LogSummary): readonly string[] {
  if (rowsUnsigned === 0) return [];
  const chains = chainsUnsigned === 0 ? "" : ` (${count(chainsUnsigned)} chains have no checkpoint at all yet)`;
  return [`  ${count(rowsUnsigned)} of the rows are not yet checkpointed${chains}`];
}

function begunEarlier({ beginning }: Result["source"], { chainsCut }: LogSummary): readonly string[] {
  if (chainsCut === 0) return [];
  const from = new Date(beginning.fromMs).toISOString().slice(0, 10);
  const why = beginning.cause === "retention" ? `rows of before ${from} are dropped` : "only this range was read";
  return [`  ${count(chainsCut)} chains begin earlier than what is here: ${why}`];
}

function inWords({ kind, chainId, seq, eventId, ts, detail }: Finding): string {
  const place = [
    chainId === undefined ? "" : `chain ${chainId}`,
    seq === undefined ? "" : `seq ${seq}`,
    ts ?? "",
    eventId === undefined ? "" : `event ${eventId}`,
  ].filter((part) => part !== "");
  const where = place.length === 0 ? "" : `  ${place.join("  ")}`;
  return `${styled("red", kind)}${styled("dim", where)}\n  ${detail}`;
}

function ending({ verdict, findingCount }: LogSummary): string {
  const code = EXIT_CODES[verdict];
  const faults = `${count(findingCount)} ${findingCount === 1 ? "finding" : "findings"}; ends with ${code}`;
  switch (verdict) {
    case "ok":
      return styled("green", "Well: every row is as it was written, and none is missing.");
    case "tampered":
      return styled("red", `Changed: something is not as it was written (${faults}).`);
    case "gap":
      return styled("red", `Rows are missing (${faults}).`);
    case "incomplete":
      return styled(
        "yellow",
        `Not proven: what could be read is well, but not all could be read or proven (${faults}).`,
      );
  }
}

function count(number: number): string {
  return number.toLocaleString("en");
}
