// The CLUSTERS of wrangler.toml: read, added to, and written back without touching another line.

import * as z from "zod";
import { Clusters } from "../../src/config.ts";

export type Cluster = z.output<typeof Clusters>[number];

/** One line, in the quotes that leave JSON as it is; so it is committed, and so `npm run deploy` reads it. */
const LINE = /^CLUSTERS\s*=\s*'([^']*)'[^\S\n]*$/m;

/** Throws, with what is wrong, when the line is not there or is not a list of clusters. */
export function requireClusters(toml: string): readonly Cluster[] {
  const list = LINE.exec(toml)?.[1];
  if (list === undefined) throw new Error("wrangler.toml has no line CLUSTERS = '[…]' under [vars].");
  return requireList(JSON.parse(list));
}

/** Another address under a known name replaces the old one. The stand-in on this machine goes when a real one comes. */
export function withCluster(clusters: readonly Cluster[], added: Cluster): readonly Cluster[] {
  const isReal = !isOnThisMachine(added);
  const kept = clusters.filter((cluster) => cluster.name !== added.name && !(isReal && isOnThisMachine(cluster)));
  return requireList([...kept, added]);
}

export function toLine(clusters: readonly Cluster[]): string {
  return `CLUSTERS = '${JSON.stringify(clusters)}'`;
}

export function withLine(toml: string, clusters: readonly Cluster[]): string {
  // As a function: in a replacement text, `$` would mean something.
  return toml.replace(LINE, () => toLine(clusters));
}

/** The secret for a key of this cluster's own. */
export function keyName(cluster: string): string {
  return `PROXY_SIGNING_KEY_${cluster.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

function requireList(value: unknown): readonly Cluster[] {
  const parsed = Clusters.safeParse(value);
  if (!parsed.success) throw new Error(`That is not a list of clusters:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function isOnThisMachine({ url }: Pick<Cluster, "url">): boolean {
  return /^https?:\/\/(127\.|localhost[:/]|\[::1\])/.test(`${url}/`);
}
