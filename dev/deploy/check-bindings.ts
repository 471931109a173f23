// What wrangler.toml binds and what src/worker.ts exports: each has to have the other.

import type { Configured } from "./configured.ts";
import type { Finding } from "./finding.ts";

/** When it runs, and what would not be done without it. */
const CRONS = [
  ["17 3 * * *", "partitions of the audit log are neither made nor dropped"],
  ["*/15 * * * *", "the audit log is neither verified, sealed nor exported"],
] as const;

export interface Meant {
  /** As a deployment of this environment has it. */
  readonly here: Configured;
  /** As the file has it, from which an environment inherits no binding. */
  readonly whole: Configured;
  /** The text of src/worker.ts. */
  readonly worker: string;
}

export function checkBindings({ here, whole, worker }: Meant): readonly Finding[] {
  const exported = [...worker.matchAll(/^export \{ (\w+) \}/gm)].map(([, name = ""]) => name);
  const objects = here.durable_objects.bindings.map(({ name, class_name: className = name }) => ({ name, className }));
  const workflows = here.workflows.map(({ binding: name, class_name: className }) => ({ name, className }));
  const bound = new Set([...objects, ...workflows].map(({ className }) => className));
  const declared = Object.keys(here.exports);
  const faults = [
    ...[...objects, ...workflows]
      .filter(({ className }) => !exported.includes(className))
      .map(({ name, className }) => `${name} is bound to ${className}, which src/worker.ts does not export`),
    ...exported
      .filter((name) => !bound.has(name))
      .map((name) => `src/worker.ts exports ${name}, and nothing is bound to it`),
    ...objects
      .filter(({ className }) => !declared.includes(className))
      .map(({ className }) => `${className} has no [exports.${className}]: Cloudflare would not make its objects`),
    ...declared
      .filter((name) => !exported.includes(name))
      .map(
        (name) =>
          `[exports.${name}] names a class that is gone: taking it out of wrangler.toml deletes its objects, so do it on purpose`,
      ),
    ...missing(here, whole).map(
      (name) => `${name} is bound in wrangler.toml and not in this environment, which inherits no binding`,
    ),
  ];
  return faults.map((fault) => ({ check: "bindings", fault }));
}

export function checkCrons({ triggers: { crons } }: Configured): readonly Finding[] {
  return CRONS.filter(([cron]) => !crons.includes(cron)).map(([cron, what]) => ({
    check: "crons",
    fault: `"${cron}" is missing in [triggers]: without it ${what}`,
  }));
}

function missing(here: Configured, whole: Configured): readonly string[] {
  const names = ({ durable_objects: { bindings }, workflows, r2_buckets: buckets, ratelimits }: Configured) => [
    ...[...bindings, ...ratelimits].map(({ name }) => name),
    ...[...workflows, ...buckets].map(({ binding }) => binding),
  ];
  return names(whole).filter((name) => !names(here).includes(name));
}
