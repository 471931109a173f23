// Whether Redis answers: a script that touches no key.

import { ok } from "../result.ts";
import { scripts } from "./upstash-script.ts";
import type { Probe } from "../ports/health.ts";
import type { UpstashOptions } from "./upstash-script.ts";

export function upstashHealth(options: UpstashOptions): Probe {
  const run = scripts(options);
  return {
    name: "redis",
    kind: "redis",
    isOptional: true,
    async ask(signal) {
      const asked = await run({ script: "return 1", keys: [], args: [] }, signal);
      return asked.ok ? ok(undefined) : asked;
    },
  };
}
