// The cells that all tables of calls have: how many, how they ended, and how long they took.

import { saySpan, sayCount, sayShare } from "../parts/number.ts";
import type { Usage } from "./api.ts";

type Numbers = Pick<Usage["by_tool"][number], "calls" | "failed" | "refused" | "p50_ms" | "p95_ms" | "p99_ms">;

export const NUMBER_HEADS = [
  ["Calls", "number"],
  ["Failed", "number"],
  ["Refused", "number"],
  ["p50", "number"],
  ["p95", "number"],
  ["p99", "number"],
] as const;

/** Of these some calls fail every day; beyond it somebody should look. */
const MANY = 0.05;

export function NumberCells({ numbers }: { readonly numbers: Numbers }) {
  const { calls, failed, refused, p50_ms: p50, p95_ms: p95, p99_ms: p99 } = numbers;
  const cells = [
    ["Calls", sayCount(calls), ""],
    ["Failed", sayShare(failed, calls), failed > MANY * calls ? " is-bad" : toneOf(failed)],
    ["Refused", sayShare(refused, calls), toneOf(refused)],
    ["p50", say(p50), ""],
    ["p95", say(p95), ""],
    ["p99", say(p99), ""],
  ] as const;
  return (
    <>
      {cells.map(([title, words, tone]) => (
        <td key={title} role="cell" class={`number${tone}`} data-label={title}>
          {words}
        </td>
      ))}
    </>
  );
}

function toneOf(count: number): string {
  return count > 0 ? "" : " is-none";
}

function say(ms: number | null): string {
  return ms === null ? "–" : saySpan(ms);
}
