// How many replicas each generation of a deployment is to have next, so that enough of them serve and not too many exist:
// the arithmetic of Kubernetes' own deployment controller.

export interface Size {
  readonly name: string;
  readonly replicas: number;
  /** Of them, those that serve. */
  readonly available: number;
}

export interface Rollout {
  readonly replicas: number;
  /** How many more than wanted may exist. */
  readonly maxSurge: number;
  /** How many fewer than wanted may serve. */
  readonly maxUnavailable: number;
  readonly current: Size;
  /** The oldest first. */
  readonly former: readonly Size[];
}

/** One step of it, by name: only what is to change. The next step waits for what this one does. */
export function nextSizes(rollout: Rollout): ReadonlyMap<string, number> {
  const { current } = rollout;
  const size = nextCurrent(rollout);
  return size === current.replicas ? nextFormer(rollout) : new Map([[current.name, size]]);
}

function nextCurrent({ replicas, maxSurge, current, former }: Rollout): number {
  if (current.replicas >= replicas) return replicas;
  const room = replicas + maxSurge - total([current, ...former]);
  return Math.max(current.replicas, Math.min(replicas, current.replicas + room));
}

function nextFormer({ replicas, maxUnavailable, current, former }: Rollout): ReadonlyMap<string, number> {
  const leastServing = replicas - maxUnavailable;
  const notYetServing = current.replicas - current.available;
  const spare = total([current, ...former]) - leastServing - notYetServing;
  // What does not serve goes first: nobody misses it.
  const idle = taken(former, Math.max(0, spare), ({ replicas: all, available }) => all - available);
  const left = former.map((size) => ({ ...size, replicas: size.replicas - (idle.get(size.name) ?? 0) }));
  const serving = [current, ...former].reduce((sum, { available }) => sum + available, 0);
  const mayGo = spare <= 0 ? 0 : Math.max(0, serving - leastServing);
  const gone = taken(left, mayGo, ({ replicas: all }) => all);
  return new Map(
    former
      .map(({ name, replicas: all }) => [name, all - (idle.get(name) ?? 0) - (gone.get(name) ?? 0)] as const)
      .filter(([name, size]) => size !== former.find((one) => one.name === name)?.replicas),
  );
}

function taken(sizes: readonly Size[], most: number, from: (size: Size) => number): ReadonlyMap<string, number> {
  let rest = most;
  return new Map(
    sizes.map((size) => {
      const count = Math.min(rest, Math.max(0, from(size)));
      rest -= count;
      return [size.name, count] as const;
    }),
  );
}

function total(sizes: readonly Size[]): number {
  return sizes.reduce((sum, { replicas }) => sum + replicas, 0);
}
