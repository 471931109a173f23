// The runs port over the objects that hold them, one for each run.

import { err, ok } from "../result.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Run, Runs } from "../ports/runs.ts";
import type { Result } from "../result.ts";

/** The remote methods of a run's object. Undefined where there is no such run, or it is somebody else's. */
export interface RunStub {
  get(principalId: string): Promise<Run | undefined>;
  waitFor(principalId: string, since: { readonly revision: number; readonly waitMs: number }): Promise<Run | undefined>;
  cancel(principalId: string): Promise<Run | undefined>;
}

export class ObjectRuns implements Runs {
  readonly #stubOf: (runId: string) => RunStub;

  constructor(stubOf: (runId: string) => RunStub) {
    this.#stubOf = stubOf;
  }

  get(id: string, principalId: string) {
    return this.#ask(id, (run) => run.get(principalId));
  }

  waitFor(id: string, principalId: string, since: { readonly revision: number; readonly waitMs: number }) {
    return this.#ask(id, (run) => run.waitFor(principalId, since));
  }

  cancel(id: string, principalId: string) {
    return this.#ask(id, (run) => run.cancel(principalId));
  }

  async #ask(
    id: string,
    question: (run: RunStub) => Promise<Run | undefined>,
  ): Promise<Result<Run | undefined, UpstreamFailure>> {
    try {
      return ok(await question(this.#stubOf(id)));
    } catch {
      const message = "The run cannot be reached at the moment; it goes on by itself. Ask again.";
      return err({ kind: "upstream_unavailable", upstream: "runs", message });
    }
  }
}
