// A day of a busy organisation: quiet at night, two hours of trouble before noon, the same at every run of the same seed.

import { randomOf } from "../cluster/random.ts";
import { callOf } from "./call.ts";
import { cast } from "./cast.ts";
import { chainOf } from "./chain.ts";
import { tell } from "./approvals.ts";
import type { Part } from "./cast.ts";
import type { Chain, Line } from "./chain.ts";

export interface DayOptions {
  /** About how many rows; what ends is the call that reaches it. */
  readonly rows: number;
  /** The end of the day; it begins 24 hours before. */
  readonly endMs: number;
  readonly policyVersion: string;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How busy each hour (UTC) is beside the others. */
const BY_HOUR = [4, 3, 3, 3, 4, 6, 9, 13, 17, 20, 22, 21, 17, 19, 21, 20, 18, 15, 11, 8, 7, 6, 5, 4];
const BUSIEST = Math.max(...BY_HOUR);
const TROUBLE_BEGINS_MS = 7.5 * HOUR_MS;
const TROUBLE_LASTS_MS = 1.6 * HOUR_MS;
const STORIES = 18;

export function* busyDay({ rows, endMs, policyVersion }: DayOptions): Generator<Chain> {
  const random = randomOf("a busy day");
  const uuid = () => uuidOf(random);
  const parts = cast(endMs, (seed) => uuidOf(randomOf(seed)));
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  const day = { startMs: endMs - DAY_MS, endMs, random, uuid, policyVersion };

  for (const part of parts) {
    let left = Math.round((rows * part.share) / total);
    while (left > 0) {
      const lines = sessionOf(part, day, left);
      left -= lines.length;
      yield chainOf(uuid(), lines, uuid);
    }
  }
  const told = Array.from({ length: STORIES }, (_, index) => {
    const { principal } = parts[index % 2] ?? requirePart(parts);
    return tell({ requester: principal, startMs: momentOf(day) - 20 * 60_000, random, uuid, policyVersion });
  });
  yield chainOf(
    uuid(),
    told.flatMap(({ desk }) => desk).toSorted((a, b) => a.atMs - b.atMs),
    uuid,
  );
  for (const { run } of told) if (run.length > 0) yield chainOf(uuid(), run, uuid);
}

interface Day {
  readonly startMs: number;
  readonly endMs: number;
  readonly random: () => number;
  readonly uuid: () => string;
  readonly policyVersion: string;
}

function sessionOf(part: Part, day: Day, most: number): readonly Line[] {
  const { random, uuid, endMs, policyVersion } = day;
  const { principal, address, callsPerSession } = part;
  const actor = { caller: principal, sessionId: uuid(), sourceIp: address, policyVersion };
  const wanted = Math.min(most, Math.max(1, Math.round(callsPerSession * (0.3 + 1.4 * random()))));
  const lines: Line[] = [];
  let atMs = momentOf(day);
  while (lines.length < wanted && atMs < endMs) {
    const entries = callOf(part, { atMs, random, uuid, trouble: troubleAt(atMs - day.startMs) });
    for (const entry of entries) {
      atMs += entry.phase === "outcome" ? (entry.durationMs ?? 0) : 0;
      if (atMs < endMs) lines.push({ atMs, entry, actor });
    }
    atMs += 200 + Math.floor(20_000 * random() * random());
  }
  return lines.length > 0 ? lines : [{ atMs: endMs - 1, entry: requireEntry(part, day), actor }];
}

function requireEntry(part: Part, { random, uuid, endMs }: Day) {
  const entry = callOf({ ...part, calls: { "k8s.list_pods": 1 } }, { atMs: endMs, random, uuid, trouble: 0 }).at(-1);
  if (!entry) throw new Error("a call leaves a line");
  return entry;
}

function requirePart(parts: readonly Part[]): Part {
  const [first] = parts;
  if (!first) throw new Error("nobody is there");
  return first;
}

/** When something begins: busy hours have more of it. */
function momentOf({ startMs, random }: Day): number {
  for (;;) {
    const atMs = startMs + random() * DAY_MS;
    if (random() * BUSIEST < (BY_HOUR[new Date(atMs).getUTCHours()] ?? BUSIEST)) return Math.floor(atMs);
  }
}

function troubleAt(sinceStartMs: number): number {
  const into = (sinceStartMs - TROUBLE_BEGINS_MS) / TROUBLE_LASTS_MS;
  return into <= 0 || into >= 1 ? 0 : 0.75 * Math.sin(Math.PI * into);
}

/** Version 4 in form, and the same at every run. */
function uuidOf(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20),
  ];
  return parts.join("-");
}
