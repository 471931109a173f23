// The Durable Object of one run: to be written.

import { DurableObject } from "cloudflare:workers";
import type { Run } from "../ports/runs.ts";

export class RunObject extends DurableObject<Env> {
  get(_principalId: string): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  waitFor(_principalId: string, _since: object): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  cancel(_principalId: string): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  view(_runId: string): Promise<Run | undefined> {
    return Promise.resolve(undefined);
  }

  stop(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
