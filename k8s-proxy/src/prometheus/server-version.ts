// How old the server is: some of what it is asked, older ones silently ignore.
import { ok } from "../result.ts";
import { remembered } from "./remembered.ts";

/** Whether the server is at least this version; false as well where it does not say. */
export type IsSince = (major: number, minor: number, signal: AbortSignal) => Promise<boolean>;

type Version = readonly [major: number, minor: number];

/** A server that is replaced by a newer one is noticed soon enough. */
const MAX_AGE_MS = 10 * 60_000;
const UNKNOWN: Version = [0, 0];

/** `ask` gives the version in the server's own words, or nothing. */
export function versionOf(ask: (signal: AbortSignal) => Promise<string | undefined>, now: () => number): IsSince {
  // A server that does not say is not asked again and again either: it counts as old.
  const version = remembered(async (signal) => ok(parsed(await ask(signal))), { maxAgeMs: MAX_AGE_MS, now });

  return async (major, minor, signal) => {
    const known = await version(signal);
    const [ownMajor, ownMinor] = known.ok ? known.value : UNKNOWN;
    return ownMajor > major || (ownMajor === major && ownMinor >= minor);
  };
}

function parsed(text = ""): Version {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined || minor === undefined ? UNKNOWN : [Number(major), Number(minor)];
}
