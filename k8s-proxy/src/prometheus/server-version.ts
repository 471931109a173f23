// How old the server is: some of what it is asked, older ones silently ignore.
import { ok } from "../result.ts";
import { BuildInfo } from "./api-answer.ts";
import { remembered } from "./remembered.ts";

import type { Prometheus } from "./client.ts";

type Version = readonly [major: number, minor: number];

/** A server that is replaced by a newer one is noticed soon enough. */
const MAX_AGE_MS = 10 * 60_000;
const UNKNOWN: Version = [0, 0];

export function versionOf(read: Prometheus["read"], now: () => number): Prometheus["isSince"] {
  // A server that does not say is not asked again and again either: it counts as old.
  const version = remembered(
    async (signal) => {
      const info = await read({ path: ["status", "buildinfo"], data: BuildInfo }, signal);
      return ok(info.ok ? parsed(info.value.data.version) : UNKNOWN);
    },
    { maxAgeMs: MAX_AGE_MS, now },
  );

  return async (major, minor, signal) => {
    const known = await version(signal);
    const [ownMajor, ownMinor] = known.ok ? known.value : UNKNOWN;
    return ownMajor > major || (ownMajor === major && ownMinor >= minor);
  };
}

function parsed(text: string): Version {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined || minor === undefined ? UNKNOWN : [Number(major), Number(minor)];
}
