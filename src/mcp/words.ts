// How a result is wrapped: plain for those that shook hands, with its type, its server and its age limit in 2026-07-28.

import { META } from "./versions.ts";

/** What the server says about itself. */
export interface ServerFacts {
  readonly name: string;
  readonly title: string;
  readonly version: string;
}

/** How long a list may be kept, and by whom. */
export interface Cached {
  readonly ttlMs: number;
  readonly cacheScope: "public" | "private";
}

export interface Words {
  /** `fields` is the inside of a JSON object: `"tools":[…]`; empty for an empty result. */
  readonly result: (fields: string, cached?: Cached) => string;
}

export const PLAIN: Words = { result: (fields) => `{${fields}}` };

/** 2026-07-28, basic §Responses: `resultType` on every result, `ttlMs` and `cacheScope` on what may be kept. */
export function modernWords({ name, title, version }: ServerFacts): Words {
  const meta = `"_meta":${JSON.stringify({ [META.serverInfo]: { name, title, version } })}`;
  return {
    result: (fields, cached) => {
      const age = cached ? `"ttlMs":${cached.ttlMs},"cacheScope":"${cached.cacheScope}",` : "";
      return `{"resultType":"complete",${age}${fields}${fields === "" ? "" : ","}${meta}}`;
    },
  };
}

/** The inside of an object, for `result`. */
export function fieldsOf(body: object): string {
  return JSON.stringify(body).slice(1, -1);
}
