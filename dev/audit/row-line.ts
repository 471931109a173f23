// A row out of a line of a file. There are millions of them, so it is looked at by hand instead of by a schema.

import type { EvidenceRow } from "../../src/audit/verify/row.ts";

/** Undefined for a line of any other form. */
export function rowInLine(line: string): EvidenceRow | undefined {
  const said = parse(line);
  if (typeof said !== "object" || said === null) return undefined;
  if (!("kind" in said && "chain_id" in said && "seq" in said && "ts" in said)) return undefined;
  if (!("prev_hash" in said && "hash" in said && "record" in said) || said.kind !== "row") return undefined;
  const { chain_id: chainId, seq, ts, prev_hash: prevHash, hash, record } = said;
  if (typeof chainId !== "string" || typeof seq !== "number" || !Number.isSafeInteger(seq)) return undefined;
  if (typeof ts !== "string" || typeof prevHash !== "string") return undefined;
  if (typeof hash !== "string" || typeof record !== "string") return undefined;
  return { chainId, seq, ts, prevHash, hash, record };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
