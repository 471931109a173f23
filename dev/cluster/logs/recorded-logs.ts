// The logs that were recorded, each with the container that wrote it, moved in time like everything else.
import * as z from "zod";
import { readExchange } from "../recording.ts";
import { fillPlaceholders } from "./secrets.ts";

import type { Line } from "./record.ts";

/** `namespace/pod/container`, and the recording below `fixtures/kubernetes/logs`. Where both runs were recorded, the last one. */
const RECORDED: readonly (readonly [container: string, file: string])[] = [
  ["shop/logs-injection/app", "200-logs-injection-timestamps"],
  ["shop/logs-long/app", "200-long-line-timestamps"],
  ["shop/logs-multi/app", "200-logs-multi-app"],
  ["shop/logs-multi/migrate", "200-logs-multi-migrate"],
  ["shop/logs-multi/proxy", "200-logs-multi-proxy"],
  ["shop/logs-secrets/app", "200-logs-secrets-app"],
  ["shop/web-5b457f48d9-t8h4w/web", "200-plain-and-json-timestamps"],
  ["shop/checkout-859d9c97c6-z6nkx/checkout", "200-previous-java-stack-trace"],
  ["payments/worker-7fc5dbb9b8-27jxp/worker", "200-previous-liveness-killed"],
  ["payments/gateway-d49488dbd-hs6c9/wait-db", "200-init-container-failed"],
  ["payments/badcmd-66c849556d-4dq4c/badcmd", "200-run-container-error"],
  ["platform/one-shot/app", "200-completed-pod"],
  ["platform/one-shot-failed/app", "200-failed-pod"],
];

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(\d{6})Z ([^]*)$/;
/** Recordings without stamps: their lines are spread over the minutes before the end. */
const UNSTAMPED_STEP_MS = 1_500;

export type RecordedLogs = ReadonlyMap<string, readonly Line[]>;

export async function loadRecordedLogs(now: number): Promise<RecordedLogs> {
  return new Map(await Promise.all(RECORDED.map(async ([of, file]) => [of, await load(file, now)] as const)));
}

async function load(file: string, now: number): Promise<readonly Line[]> {
  const { headers, body } = await readExchange(`logs/${file}`);
  return parseLog(fillPlaceholders(z.string().parse(body)), { now, recordedMs: Date.parse(headers.date ?? "") });
}

export interface Moments {
  readonly now: number;
  readonly recordedMs: number;
}

export function parseLog(text: string, { now, recordedMs }: Moments): readonly Line[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const [, moment, nanos, rest] = STAMPED.exec(line) ?? [];
    if (moment !== undefined && rest !== undefined) {
      return { atMs: Date.parse(`${moment}Z`) + now - recordedMs, nanos: Number(nanos), text: rest };
    }
    return { atMs: now - (lines.length - index) * UNSTAMPED_STEP_MS, text: line };
  });
}
