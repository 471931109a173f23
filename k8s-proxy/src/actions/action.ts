// What an action is: it looks first, and says what it would do; only then is anything written.
import type * as z from "zod";
import type { ActionOutcome, Expected } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { KubernetesApi } from "../kubernetes/client.ts";
import type { Reach } from "../reach.ts";
import type { Result } from "../result.ts";
import type { Writes } from "./egress.ts";
import type { PodName } from "./paths.ts";

/** What every action is asked beside its object. */
export interface AskedOfAll {
  readonly dry_run: boolean;
  readonly idempotency_key: string;
  readonly expect?: Expected | undefined;
}

/** What an action finds out; the rest of the outcome is the same for all. */
export type Facts = Omit<z.input<ReturnType<typeof ActionOutcome>>, "dry_run" | "replayed">;

export type Prepared =
  /** As it was wanted already. */
  | { readonly kind: "settled"; readonly facts: Facts }
  /** The key stands on the object: it was done before this process began. */
  | { readonly kind: "replayed"; readonly facts: Facts }
  /** `object` for the log, as `Deployment shop/web`. */
  | { readonly kind: "ready"; readonly object: string; readonly commit: () => Promise<Result<Facts, Failure>> };

/** All that is read is read here; a failure of it says for certain that nothing was changed. */
export type Prepare<Asked extends AskedOfAll> = (asked: Asked, acting: Acting) => Promise<Result<Prepared, Failure>>;

export interface Tools {
  readonly api: Pick<KubernetesApi, "get">;
  readonly writes: Writes;
  readonly bounds: Bounds;
  /** The pod that this runs in, where it runs in a cluster. */
  readonly ownPod?: PodName | undefined;
  readonly now: () => number;
}

export interface Bounds {
  readonly maxReplicas: number;
}

export interface Acting extends Tools {
  readonly reach: Reach;
  /** The caller is gone. It ends what is read, and never a write. */
  readonly signal: AbortSignal;
  /** One sentence that the reader of the outcome must know; goes into its `warnings`. */
  readonly warn: (warning: string) => void;
}
