// Where a row stands, and in which order rows, checkpoints and whole files of them are read: chain id, then seq.

export interface Place {
  readonly chainId: string;
  readonly seq: number;
}

/** As the bytes of their UTF-8 compare, which is PostgreSQL's order under the collation "C". */
export function compareBytewise(a: string, b: string): number {
  if (a === b) return 0;
  let index = 0;
  while (a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  // Units compare as bytes do, but for surrogates: what they stand for lies behind every character of one unit.
  return rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
}

/** Where one text ends first there is no unit, and it comes first. */
function rank(unit: number): number {
  if (Number.isNaN(unit)) return -1;
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.chainId === b.chainId ? a.seq - b.seq : compareBytewise(a.chainId, b.chainId);
}
