// How a checkpoint stands before anything is believed of it: ours, nobody's that we know, or not what was signed.

import { readCheckpoint } from "../checkpoint.ts";
import type { Checkpoint } from "../../ports/evidence.ts";
import type { TrustedKeys } from "../signing.ts";

/** `unknown`: signed, as it says, by a key that nobody has vouched for. */
export interface JudgedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly standing: "trusted" | "unknown" | "forged";
  readonly fault?: string;
}

export async function standingOf(checkpoint: Checkpoint, keys: TrustedKeys): Promise<JudgedCheckpoint> {
  if (!isAsSigned(checkpoint)) return { checkpoint, standing: "forged", fault: "it differs from what was signed" };
  if (!keys.has(checkpoint.kid)) return { checkpoint, standing: "unknown" };
  if (await keys.haveSigned(checkpoint)) return { checkpoint, standing: "trusted" };
  return { checkpoint, standing: "forged", fault: "its signature is not valid" };
}

function isAsSigned({ statement, chainId, seq, hash, tsMs, isFinal }: Checkpoint): boolean {
  const said = readCheckpoint(statement);
  return (
    said?.chainId === chainId &&
    said.seq === seq &&
    said.hash === hash &&
    said.tsMs === tsMs &&
    said.isFinal === isFinal
  );
}
