// Which keys have signed here: the one of now, and those that were replaced.

import * as z from "zod";
import { once } from "../../once.ts";
import type { KeptProgress } from "../../ports/kept-progress.ts";
import type { AuditKey } from "../signing.ts";
import type { Keeping } from "./keeping.ts";

/** All keys that have ever signed here: what an old one has signed is still to be verified when it is no longer in use. */
export function knownKeys(progress: KeptProgress): readonly AuditKey[] {
  return Keys().parse(progress.get("keys") ?? []);
}

export function rememberKey({ progress, signer: { publicKey } }: Pick<Keeping, "progress" | "signer">): void {
  const known = knownKeys(progress);
  if (!known.some(({ kid }) => kid === publicKey.kid)) progress.set("keys", [publicKey, ...known]);
}

const Keys = once(() =>
  z.array(z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string(), kid: z.string() })),
);
