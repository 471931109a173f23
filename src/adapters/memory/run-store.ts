// Runs in memory: the twin of the Postgres store for tests.

import { err, ok } from "../../result.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Run, RunStore } from "../../ports/runs.ts";

export interface MemoryRunStore extends RunStore {
  runs(): readonly Run[];
}

const DAY_MS = 86_400_000;
const LEAST_DAYS = 30;

export function memoryRunStore(now: () => number): MemoryRunStore {
  const kept = new Map<string, Run>();
  return {
    put(run) {
      const before = kept.get(run.id);
      if (!before) kept.set(run.id, run);
      else if (before.revision < run.revision) {
        const { state, message, endedAtMs, revision, steps } = run;
        kept.set(run.id, { ...before, state, message, endedAtMs, revision, steps });
      }
      return Promise.resolve(ok(undefined));
    },
    prune(keepDays) {
      if (keepDays < LEAST_DAYS) return Promise.resolve(err(TOO_FEW));
      const old = [...kept.values()].filter(({ startedAtMs }) => startedAtMs < now() - keepDays * DAY_MS);
      for (const { id } of old) kept.delete(id);
      return Promise.resolve(ok({ dropped: old.length }));
    },
    runs: () => [...kept.values()],
  };
}

const TOO_FEW: UpstreamFailure = {
  kind: "upstream_unavailable",
  upstream: "postgres",
  message: `runs are kept for ${LEAST_DAYS} days at least`,
};
