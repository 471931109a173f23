// From the name of a resource (`services`, `ingresses.networking.k8s.io`, `databases.example.com`) to its path, as far as it
// may be read here at all. What the API server says of its groups is remembered for ten minutes.
import * as z from "zod";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { listOf } from "./api-text.ts";
import { parseAs } from "./lists.ts";
import { nearestNames } from "./nearest-names.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Asking } from "./lists.ts";

const MAX_AGE_MS = 10 * 60_000;
const MAX_VERSIONS = 5;
const MAX_SUGGESTIONS = 5;

/** In any group, whatever the configuration says: they hold secrets, or hand them out. */
const NEVER = new Map([
  ["secrets", "Secret"],
  ["configmaps", "ConfigMap"],
  ["serviceaccounts", "ServiceAccount"],
  ["certificatesigningrequests", "CertificateSigningRequest"],
]);

export interface ApiResource {
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Of its list: in one namespace, or wherever there are any. */
  readonly pathIn: (namespace: string | undefined) => readonly string[];
}

interface Looking extends Asking {
  readonly now: () => number;
  /** The kinds that may be looked at, as `plural.group`. */
  readonly resources: ReadonlySet<string>;
}

export interface ResourceCatalogue {
  find(asked: string, looking: Looking): Promise<Result<ApiResource, Failure>>;
}

const ApiGroups = z.object({
  groups: listOf(
    z.object({
      name: z.string(),
      versions: listOf(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).nullish(),
    }),
  ),
});

const ApiResources = z.object({
  resources: listOf(
    z.object({ name: z.string(), namespaced: z.boolean(), kind: z.string(), verbs: listOf(z.string()) }),
  ),
});

/** One for each proxy: what it remembers is the same for all callers. Failures are not remembered. */
export function resourceCatalogue(): ResourceCatalogue {
  const remembered = new Map<string, { readonly atMs: number; readonly answer: unknown }>();

  /** What is remembered is few: only the groups of resources that are allowed are asked about. */
  async function discover<T extends z.ZodType>(path: readonly string[], schema: T, { api, signal, now }: Looking) {
    const key = path.join("/");
    const known = remembered.get(key);
    const isFresh = known !== undefined && now() - known.atMs < MAX_AGE_MS;
    const answer = isFresh ? ok(known.answer) : await api.get({ path }, signal);
    if (!answer.ok) return answer;
    const parsed = parseAs(schema, answer.value, "a list of what it offers");
    if (parsed.ok && !isFresh) remembered.set(key, { atMs: now(), answer: answer.value });
    return parsed;
  }

  async function rootsOf(group: string, looking: Looking): Promise<Result<readonly (readonly string[])[], Failure>> {
    if (group === "") return ok([["api", "v1"]]);
    const all = await discover(["apis"], ApiGroups, looking);
    if (!all.ok) return all;
    const found = all.value.groups.find(({ name }) => name === group);
    const versions = [found?.preferredVersion, ...(found?.versions ?? [])].flatMap((one) => one?.version ?? []);
    return ok([...new Set(versions)].slice(0, MAX_VERSIONS).map((version) => ["apis", group, version]));
  }

  return {
    async find(asked, looking) {
      const name = allowedName(asked, looking.resources);
      if (!name.ok) return name;
      const [plural = "", ...group] = name.value.split(".");
      const roots = await rootsOf(group.join("."), looking);
      if (!roots.ok) return roots;
      for (const root of roots.value) {
        const offered = await discover(root, ApiResources, looking);
        if (!offered.ok) return offered;
        const found = offered.value.resources.find((one) => one.name === plural && one.verbs.includes("list"));
        if (found) return toResource(found, root);
      }
      return fail("not_found", `This cluster has no ${name.value}`);
    },
  };
}

function toResource(
  { name: plural, kind, namespaced: isNamespaced }: z.output<typeof ApiResources>["resources"][number],
  root: readonly string[],
): Result<ApiResource, Failure> {
  if ([...NEVER.values()].includes(kind)) return never(plural);
  const pathIn = (namespace: string | undefined) =>
    isNamespaced && namespace !== undefined ? [...root, "namespaces", namespace, plural] : [...root, plural];
  return ok({ plural, kind, isNamespaced, pathIn });
}

/** As it was asked for, or the one allowed name with this plural: `deployments` for `deployments.apps`. */
function allowedName(text: string, allowed: ReadonlySet<string>): Result<string, Failure> {
  const asked = text.toLowerCase();
  const [plural = ""] = asked.split(".");
  if (isNever(asked)) return never(plural);
  const names = [...allowed].filter((name) => !isNever(name));
  if (names.includes(asked)) return ok(asked);
  const [found, ...others] = asked === plural ? names.filter((name) => name.split(".")[0] === plural) : [];
  if (found !== undefined && others.length === 0) return ok(found);

  const nearest = nearestNames(asked, names, MAX_SUGGESTIONS);
  const words = nearest.length > 0 ? `did you mean ${nearest.join(", ")}?` : `there are ${names.join(", ")}`;
  return fail("invalid_request", `resource: ${asked} is none that may be read here; ${words}`);
}

function isNever(name: string): boolean {
  const [word = ""] = name.split(".");
  return [...NEVER].some(([plural, kind]) => word === plural || word === kind.toLowerCase());
}

function never(plural: string) {
  return fail(
    "invalid_request",
    `resource: ${plural} can never be read here, because they hold secrets; k8s.get_pod names those that a pod uses`,
  );
}
