// What only Cloudflare can answer: whether we are somebody there, and which secrets this Worker has. Names, never values.

import * as z from "zod";
import type { Finding } from "./finding.ts";
import type { Wrangler } from "./wrangler.ts";

const Listed = z.array(z.object({ name: z.string() }));

export interface Wanted {
  readonly required: readonly string[];
  readonly environment: string | undefined;
}

export function checkAccount(wrangler: Wrangler, { required, environment }: Wanted): readonly Finding[] {
  if (wrangler.ask(["whoami", "--json"]).status !== 0) {
    return [
      { check: "account", fault: "wrangler is not logged in: npm run wrangler -- login, or set CLOUDFLARE_API_TOKEN" },
    ];
  }
  const where = environment === undefined ? [] : ["--env", environment];
  const put = (name: string) => ["npm run wrangler -- secret put", name, ...where].join(" ");
  const listed = namesIn(wrangler.ask(["secret", "list", "--format", "json", ...where]).stdout);
  if (!listed) {
    const first = required.map((name) => `      ${put(name)}`).join("\n");
    return [
      {
        check: "secrets",
        fault: `this Worker is not there yet, or its secrets cannot be listed. The first of these makes it:\n${first}`,
      },
    ];
  }
  return required
    .filter((name) => !listed.includes(name))
    .map((name) => ({ check: "secrets", fault: `${name} is not set: ${put(name)}` }));
}

/** Undefined for anything but the list that was asked for. */
function namesIn(stdout: string): readonly string[] | undefined {
  try {
    return Listed.parse(JSON.parse(stdout)).map(({ name }) => name);
  } catch {
    // Words instead of a list: of a Worker that does not exist.
    return undefined;
  }
}
