// How services speak when nobody recorded them: a line every so often, the same lines at every start, for ever onward.
import { randomOf } from "../random.ts";
import { VOICES } from "./voices.ts";

import type { Outage } from "../outage.ts";
import type { Line } from "./record.ts";
import type { Voice } from "./utterance.ts";
import type { Run } from "./container.ts";

/** A node keeps what fits one file; an hour is what fits here. */
const KEPT_MS = 3_600_000;

export interface Speaker {
  readonly namespace: string;
  readonly app: string;
  readonly container: string;
}

export function voiceOf({ namespace, app, container }: Speaker): Voice | undefined {
  return VOICES.get(`${namespace}/${app}/${container}`);
}

export interface Speech {
  readonly seed: string;
  readonly run: Run;
  readonly bootMs: number;
  readonly now: number;
  readonly outage: Outage;
}

export function speak({ everyMs, say }: Voice, { seed, run, bootMs, now, outage }: Speech): readonly Line[] {
  const from = Math.max(run.startedMs, now - KEPT_MS);
  const until = Math.min(run.finishedMs ?? now, now);
  const lines: Line[] = [];
  for (let index = Math.ceil((from - bootMs) / everyMs); bootMs + index * everyMs < until; index++) {
    const random = randomOf(`${seed} ${index}`);
    const atMs = Math.floor(bootMs + (index + random() * 0.9) * everyMs);
    if (atMs > until) break;
    const text = say({ atMs, random, index, inTrouble: outage.isAt(atMs) });
    lines.push({ atMs, nanos: Math.floor(random() * 1_000_000), text });
  }
  return lines;
}
