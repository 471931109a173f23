// The keeper of a log in memory: its bucket, its receiver and what it has noted, for a test to look at and to break.

import { err, ok } from "../../src/result.ts";
import { auditSigner } from "../../src/audit/signing.ts";
import { Archived, DOWN } from "./archived.ts";
import { fixedClock } from "./clock.ts";
import type { Keeping, VerifyArrived } from "../../src/audit/keeper/keeping.ts";
import type { ArchiveBucket } from "../../src/ports/archive-bucket.ts";
import type { KeptProgress } from "../../src/ports/kept-progress.ts";
import type { LogReceiver } from "../../src/ports/log-receiver.ts";

/** Locked: what is there is never replaced. */
export class MemoryBucket implements ArchiveBucket {
  readonly files = new Map<string, string>();
  abandoned = 0;
  /** The writes that still succeed. */
  writesLeft = Infinity;

  has(name: string) {
    return Promise.resolve(ok(this.files.has(name)));
  }

  put(name: string, text: string) {
    return Promise.resolve(this.#keep(name, text));
  }

  open(name: string) {
    let text = "";
    return Promise.resolve(
      ok({
        write: (more: string) => Promise.resolve(this.#write(() => (text += more))),
        close: () => Promise.resolve(this.#keep(name, text)),
        abandon: () => {
          this.abandoned += 1;
          return Promise.resolve();
        },
      }),
    );
  }

  #keep(name: string, text: string) {
    return this.files.has(name) ? err({ ...DOWN, upstream: "r2" }) : this.#write(() => this.files.set(name, text));
  }

  #write(work: () => unknown) {
    if (this.writesLeft <= 0) return err({ ...DOWN, upstream: "r2" });
    this.writesLeft -= 1;
    work();
    return ok(undefined);
  }
}

export class MemoryReceiver implements LogReceiver {
  readonly bodies: string[] = [];
  answers: readonly boolean[] = [];

  send(lines: string) {
    this.bodies.push(lines);
    const [isTaken = true, ...rest] = this.answers;
    this.answers = rest;
    return Promise.resolve(isTaken ? ok(undefined) : err({ ...DOWN, upstream: "siem" }));
  }
}

export class MemoryProgress implements KeptProgress {
  readonly kept = new Map<string, string>();

  get(name: string): unknown {
    const text = this.kept.get(name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  set(name: string, value: object): void {
    this.kept.set(name, JSON.stringify(value));
  }
}

/** RFC 8037 §A.1. */
export const SIGNER = auditSigner({
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
});

export function keepingOf({ verifyArrived }: { verifyArrived?: VerifyArrived } = {}) {
  const archived = new Archived();
  const clock = fixedClock();
  const [bucket, receiver, progress] = [new MemoryBucket(), new MemoryReceiver(), new MemoryProgress()];
  const pauses: number[] = [];
  const keeping: Keeping = {
    archive: archived.archive,
    evidence: archived.evidence,
    signer: SIGNER,
    progress,
    now: clock.now,
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    bucket,
    receiver,
    verifyArrived,
  };
  /** Both clocks: the Worker's and that of Postgres. */
  const setTime = (atMs: number) => {
    clock.advance(atMs - clock.now());
    archived.nowMs = atMs;
  };
  return { archived, bucket, receiver, progress, pauses, keeping, setTime };
}
