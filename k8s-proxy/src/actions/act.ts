// One action, from a checked request to what became of it. The order of the steps is what makes a key act once.
import { createHash } from "node:crypto";
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { isLost, notDone } from "./write-failure.ts";

import type { ActionName } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Acting, AskedOfAll, Facts, Prepared } from "./action.ts";
import type { Keys, KeyUse, Known } from "./keys.ts";

/** Checked, and not yet looked at. */
export interface AskedAction extends AskedOfAll {
  readonly name: ActionName;
  readonly namespace: string | undefined;
  /** The whole request, for its digest. */
  readonly request: object;
  readonly prepare: (acting: Acting) => Promise<Result<Prepared, Failure>>;
}

export interface ActOptions {
  readonly allowedActions: readonly ActionName[];
  readonly keys: Keys;
  /** Before anything is written, with what is about to be changed. */
  readonly onWrite: (object: string) => void;
}

export type Acted = Facts & { readonly dry_run: boolean; readonly replayed: boolean };

export async function act(asked: AskedAction, acting: Acting, options: ActOptions): Promise<Result<Acted, Failure>> {
  if (!options.allowedActions.includes(asked.name)) {
    return fail("blocked", `The action ${asked.name} is not allowed in this cluster. Nothing was changed`, {
      detail: "ALLOWED_ACTIONS does not name it",
    });
  }
  if (asked.dry_run) return perform(asked, acting, options);

  const known = options.keys.claim(keyUse(asked));
  if (known.state !== "new") return again(known);
  const { claim } = known;
  try {
    const result = await perform(asked, acting, options);
    if (result.ok) claim.settle({ state: "done", facts: result.value });
    else if (isLost(result.error)) claim.settle({ state: "lost" });
    else claim.release();
    return result;
  } catch (cause) {
    // A bug of ours, at a moment that nobody knows.
    claim.settle({ state: "lost" });
    throw cause;
  }
}

async function perform(asked: AskedAction, acting: Acting, { onWrite }: ActOptions): Promise<Result<Acted, Failure>> {
  const { dry_run } = asked;
  const prepared = await asked.prepare(acting);
  if (!prepared.ok) return dry_run ? prepared : err(notDone(prepared.error));
  if (prepared.value.kind !== "ready") {
    return ok({ ...prepared.value.facts, dry_run, replayed: prepared.value.kind === "replayed" });
  }

  if (acting.signal.aborted)
    return fail("cluster_busy", "The caller left before anything was done. Nothing was changed");
  if (!dry_run) onWrite(prepared.value.object);
  const committed = await prepared.value.commit();
  return committed.ok ? ok({ ...committed.value, dry_run, replayed: false }) : committed;
}

function again(known: Exclude<Known, { state: "new" }>): Result<Acted, Failure> {
  switch (known.state) {
    case "done":
      return ok({ ...known.facts, dry_run: false, replayed: true });
    case "under_way":
      return fail("conflict", "This key is being acted on; ask for its outcome. Nothing else was changed");
    case "lost":
      return fail(
        "cluster_unavailable",
        "The answer to this key was lost: the change may have been made. Look at the object",
      );
    case "another":
      return fail("invalid_request", "This key was used for another request. Nothing was changed");
    case "full":
      return fail("cluster_busy", "The proxy has acted too often today. Nothing was changed", {
        detail: "the memory of keys is full; each is kept for 24 hours",
      });
  }
}

function keyUse({ idempotency_key: key, name, namespace, request }: AskedAction): KeyUse {
  const digest = createHash("sha256")
    .update(JSON.stringify([name, request]))
    .digest("base64url");
  return { key, digest, namespace };
}
