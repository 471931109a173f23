// Which text each version of a runbook was published with. What was approved once must mean the same for ever.

import * as z from "zod";
import type { PublishedRunbook } from "../../src/runbooks/runbook.ts";
import type { Complaint } from "./source.ts";

/** `scale-out@2` and the digest of its text. It only grows. */
export type Lock = Readonly<Record<string, string>>;

export const Lock = z.record(z.string().regex(/^[a-z0-9-]+@\d+$/), z.string().regex(/^[0-9a-f]{64}$/));

type Version = Pick<PublishedRunbook, "id" | "version" | "digest">;

const keyOf = ({ id, version }: Pick<Version, "id" | "version">) => `${id}@${version}`;

/** What keeps this version from being published. */
export function checkVersion(one: Version, lock: Lock): readonly Complaint[] {
  const { id, version, digest } = one;
  const path = ["version"];
  const newest = newestOf(id, lock);
  const published = lock[keyOf(one)];
  const lost = Array.from({ length: newest }, (_, index) => `${id}@${index + 1}`).find(
    (key) => lock[key] === undefined,
  );
  if (lost !== undefined) return [{ path, message: `the lock has lost ${lost}: bring it back, it only grows` }];
  if (published === digest && version === newest) return [];
  if (version > newest + 1) return [{ path, message: `the version after ${newest} is ${newest + 1}` }];
  if (version === newest + 1) return [];
  const changed = `version ${version} of ${id} was published with another text, and what is published does not change`;
  if (version === newest) return [{ path, message: `${changed}: make this version ${newest + 1}` }];
  return [{ path, message: `version ${newest} of ${id} is published already: make this version ${newest + 1}` }];
}

export function withVersions(lock: Lock, published: readonly Version[]): Lock {
  const added = published.map((one) => [keyOf(one), one.digest] as const);
  const all = new Map([...Object.entries(lock), ...added]);
  return Object.fromEntries([...all].toSorted(([one], [other]) => inOrder(one, other)));
}

function newestOf(id: string, lock: Lock): number {
  const versions = Object.keys(lock).flatMap((key) => (key.startsWith(`${id}@`) ? [Number(key.split("@")[1])] : []));
  return Math.max(0, ...versions);
}

function inOrder(one: string, other: string): number {
  const [[id = "", version], [otherId = "", otherVersion]] = [one.split("@"), other.split("@")];
  return id === otherId ? Number(version) - Number(otherVersion) : Number(id > otherId) - Number(id < otherId);
}
