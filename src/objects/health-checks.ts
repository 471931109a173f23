// Whether the upstreams answer, asked for the whole deployment: one round at a time, and none again for ten seconds.

import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { deployment } from "./deployment.ts";
import type { Checked, Probe } from "../ports/health.ts";

const KEPT_MS = 10_000;
const TIMEOUT_MS = 2_000;
/** The platform lets six requests of one object wait for their answers; a seventh would be timed while it only queues. */
const AT_ONCE = 5;

export class HealthChecks {
  readonly #probes: readonly Probe[];
  readonly #onChange: () => void;
  #last: { readonly checks: readonly Checked[]; readonly atMs: number } | undefined;
  #round: Promise<readonly Checked[]> | undefined;

  /** `onChange`: something that answered does not any more, or the other way round. */
  constructor(probes: readonly Probe[], onChange: () => void) {
    this.#probes = probes;
    this.#onChange = onChange;
  }

  current(): Promise<readonly Checked[]> {
    const ageMs = deployment.now() - (this.#last?.atMs ?? -Infinity);
    if (this.#last && ageMs >= 0 && ageMs < KEPT_MS) return Promise.resolve(this.#last.checks);
    this.#round ??= this.#ask().finally(() => (this.#round = undefined));
    return this.#round;
  }

  async #ask(): Promise<readonly Checked[]> {
    const checks: Checked[] = [];
    for (let first = 0; first < this.#probes.length; first += AT_ONCE)
      checks.push(...(await Promise.all(this.#probes.slice(first, first + AT_ONCE).map(check))));
    const before = this.#last?.checks;
    this.#last = { checks, atMs: deployment.now() };
    if (before && verdicts(before) !== verdicts(checks)) this.#onChange();
    return checks;
  }
}

async function check({ name, kind, isOptional, ask }: Probe): Promise<Checked> {
  const startedAtMs = deployment.now();
  const reason = await faultOf(ask);
  const checkedAtMs = deployment.now();
  const latencyMs = checkedAtMs - startedAtMs;
  return { name, kind, isOptional, ok: reason === undefined, latencyMs, reason, checkedAtMs };
}

async function faultOf(ask: Probe["ask"]): Promise<string | undefined> {
  try {
    const asked = await withDeadline(TIMEOUT_MS, undefined, ask);
    if (!asked.ok) return `No answer within ${TIMEOUT_MS} ms.`;
    return asked.value.ok ? undefined : asked.value.error.message;
  } catch (cause) {
    log("error", "health.crashed", causeOf(cause));
    return "It could not be asked; the log has the cause.";
  }
}

function verdicts(checks: readonly Checked[]): string {
  return checks.map(({ name, ok }) => `${name} ${ok}`).join("\n");
}
