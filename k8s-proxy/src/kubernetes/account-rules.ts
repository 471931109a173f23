// Judges what an account may do, as a SelfSubjectRulesReview lists it: anything but reading, and some of what reading reaches.
import * as z from "zod";
import { clean } from "../clean.ts";

const Texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const ResourceRule = z.object({ verbs: Texts, apiGroups: Texts, resources: Texts, resourceNames: Texts });
export type ResourceRule = z.output<typeof ResourceRule>;

const NonResourceRule = z.object({ verbs: Texts, nonResourceURLs: Texts });
export type NonResourceRule = z.output<typeof NonResourceRule>;

export const RulesReview = z.object({
  kind: z.literal("SelfSubjectRulesReview"),
  status: z.object({
    resourceRules: z
      .array(ResourceRule)
      .nullish()
      .transform((list) => list ?? []),
    nonResourceRules: z
      .array(NonResourceRule)
      .nullish()
      .transform((list) => list ?? []),
    /** Some authorizers (webhooks, as managed clusters have them) cannot list their rules. */
    incomplete: z.boolean().default(false),
  }),
});
export type RulesReview = z.output<typeof RulesReview>;

/** One rule that should not be there, in the words of RBAC. */
export interface Offence {
  readonly verbs: readonly string[];
  /** As `kubectl auth can-i` takes them, with their group: `deployments.apps`, `pods/exec`; or paths that are no resources. */
  readonly on: readonly string[];
  readonly why: string;
}

const READING: readonly string[] = ["get", "list", "watch"];
const ASKING_FOR_PATHS: readonly string[] = ["get", "head"];

/** Every account may ask about itself; nothing is kept of such a question. */
const SELF_REVIEWS: readonly string[] = [
  "selfsubjectaccessreviews.authorization.k8s.io",
  "selfsubjectrulesreviews.authorization.k8s.io",
  "selfsubjectreviews.authentication.k8s.io",
];

/** What nobody may reach through the proxy, whatever the verb: `get` on these is a shell, a way into a pod, or a password. */
const OUT_OF_BOUNDS: readonly (readonly [RegExp, string])[] = [
  [/\*/, "reaches every resource"],
  [/^secrets(\.|$|\/)/, "reaches Secrets"],
  [/\/(exec|attach|portforward)$/, "reaches into pods"],
  [/\/proxy$/, "reaches a proxy subresource"],
  [/^serviceaccounts\/token$/, "makes tokens of other accounts"],
];

const MAX_SHOWN = 12;

export function offencesIn({ status }: RulesReview): readonly Offence[] {
  return [
    ...status.resourceRules.flatMap((rule) => offence(rule.verbs, namesOf(rule), whyNot(rule))),
    ...status.nonResourceRules.flatMap(({ verbs, nonResourceURLs }) =>
      offence(verbs, nonResourceURLs, isWithin(verbs, ASKING_FOR_PATHS) ? undefined : "may do more than read"),
    ),
  ];
}

function whyNot(rule: ResourceRule): string | undefined {
  const names = namesOf(rule);
  if (isWithin(rule.verbs, ["create"]) && isWithin(names, SELF_REVIEWS)) return undefined;
  if (rule.verbs.includes("impersonate")) return "may act as somebody else";
  if (!isWithin(rule.verbs, READING)) return "may do more than read";
  return OUT_OF_BOUNDS.find(([pattern]) => rule.resources.some((resource) => pattern.test(resource)))?.[1];
}

function namesOf({ apiGroups, resources }: ResourceRule): readonly string[] {
  return resources.flatMap((resource) => apiGroups.map((group) => (group === "" ? resource : `${resource}.${group}`)));
}

function offence(verbs: readonly string[], on: readonly string[], why: string | undefined): readonly Offence[] {
  if (why === undefined) return [];
  // The names are an administrator's, not a stranger's; but they go into a log line and onto a terminal.
  const shown = (list: readonly string[]) => list.slice(0, MAX_SHOWN).map((name) => clean(name, 100));
  return [{ verbs: shown(verbs), on: shown(on), why }];
}

function isWithin(list: readonly string[], allowed: readonly string[]): boolean {
  return list.every((entry) => allowed.includes(entry));
}
