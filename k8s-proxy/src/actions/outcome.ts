// What became of a key whose answer was lost. It asks nobody and changes nothing.
import { ok } from "../result.ts";
import { ACTION_OUTCOME_ROUTE } from "../contract/index.ts";
import { parseRequest } from "../parse-request.ts";

import type * as z from "zod";
import type { Failure } from "../failure.ts";
import type { Reach } from "../reach.ts";
import type { Result } from "../result.ts";
import type { Keys } from "./keys.ts";

type Outcome = z.input<typeof ACTION_OUTCOME_ROUTE.data>;

export interface AskedOutcome {
  /** It names none: what was done where the caller may not look is not known to it. */
  readonly namespace: undefined;
  readonly key: string;
}

export function parseOutcome(body: unknown): Result<AskedOutcome, Failure> {
  const parsed = parseRequest(ACTION_OUTCOME_ROUTE.request, body);
  return parsed.ok ? ok({ namespace: undefined, key: parsed.value.asked.idempotency_key }) : parsed;
}

export function outcomeOf({ key }: AskedOutcome, reach: Reach, keys: Pick<Keys, "look">): Outcome {
  const kept = keys.look(key);
  if (!kept || !(kept.namespace === undefined ? reach.coversCluster : reach.has(kept.namespace))) {
    return { state: "unknown" };
  }
  switch (kept.state) {
    case "under_way":
      return { state: "under_way" };
    case "done":
      return { state: "done", outcome: { ...kept.facts, dry_run: false, replayed: true } };
    case "lost":
      return { state: "unknown" };
  }
}
