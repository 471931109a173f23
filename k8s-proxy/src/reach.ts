// Where one call may look: what the Worker granted, and the allow-list of this cluster, whichever is narrower.

export interface Reach {
  readonly has: (namespace: string) => boolean;
  /** No namespace is closed to this call, so it may also ask for the cluster as a whole. */
  readonly isEverything: boolean;
  /** The grant is for every namespace: what belongs to none, such as nodes, may be shown, as far as the account may read it. */
  readonly coversCluster: boolean;
  /** The reach as exact names and prefixes (`shop-*`); never wider than `has`, narrower where a glob is neither. */
  readonly patterns: readonly string[];
}

/** Both lists hold exact names or globs in which `*` stands for any run of characters, none included. */
export function reachOf(granted: readonly string[], allowed: readonly string[]): Reach {
  const within = [granted, allowed].map((patterns) => patterns.map(toRegExp));
  return {
    has: (namespace) => within.every((patterns) => patterns.some((pattern) => pattern.test(namespace))),
    isEverything: granted.includes("*") && allowed.includes("*"),
    coversCluster: granted.includes("*"),
    patterns: [...new Set(granted.flatMap((one) => allowed.flatMap((other) => overlap(one, other))))],
  };
}

/** What two patterns have in common, as far as one pattern can say it. */
function overlap(one: string, other: string): readonly string[] {
  if (isPlain(one)) return toRegExp(other).test(one) ? [one] : [];
  if (isPlain(other)) return toRegExp(one).test(other) ? [other] : [];
  if (!isPrefix(one) || !isPrefix(other)) return [];
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return long.startsWith(short.slice(0, -1)) ? [long] : [];
}

const isPlain = (pattern: string) => !pattern.includes("*");
const isPrefix = (pattern: string) => pattern.indexOf("*") === pattern.length - 1;

/** Only the characters a namespace may have are matched by a star: no slash or dot ever slips through a glob. */
function toRegExp(entry: string): RegExp {
  const parts = entry.split(/\*+/).map((part) => part.replace(/[^a-z0-9-]/g, "\\$&"));
  return new RegExp(`^${parts.join("[-a-z0-9]*")}$`);
}
