// What would become of a call, said before anybody makes it: the very questions of the pipeline, in its order.

import { authorize } from "../access/grant.ts";
import type { Denied, Grant, Target } from "../access/grant.ts";
import type { Policy, Scope } from "../access/policy.ts";
import type { Principal } from "../access/principal.ts";
import type { Place } from "./place.ts";
import type { Registry } from "./registry.ts";
import type { Tool } from "./tool.ts";

export interface Question {
  readonly caller: Principal;
  /** A sentence where the caller would not even be let in. */
  readonly whyNotIn?: string | undefined;
  readonly tool: string;
  readonly place: Place;
}

export interface Rules {
  readonly registry: Registry;
  readonly policy: Policy;
  readonly clusters: readonly string[];
}

export interface Check {
  readonly check: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** A grant that gave it. */
export interface Giving extends Scope {
  readonly role: string;
  readonly permission: string;
}

export interface Simulated {
  readonly allowed: boolean;
  readonly why: string;
  readonly checks: readonly Check[];
  readonly grants: readonly Giving[];
}

/** What follows a check that fails is not looked at: a call would not get there. */
export function simulate(question: Question, rules: Rules): Simulated {
  const checks: Check[] = [];
  const grants: Giving[] = [];
  for (const check of checksOf(question, rules, grants)) {
    checks.push(check);
    if (!check.passed) return { allowed: false, why: check.detail, checks, grants: [] };
  }
  return { allowed: true, why: whyGiven(grants), checks, grants };
}

/** Whether the caller may call it anywhere, as the deployment has set it. */
export function mayCall(caller: Principal, name: string, { registry, policy }: Rules): Omit<Check, "check"> {
  const tool = registry.get(name);
  if (!tool) return { passed: false, detail: notOffered(name, registry) };
  const granted = authorize(caller, tool.requires, policy);
  if (!granted.ok) return { passed: false, detail: denied(granted.error) };
  return { passed: true, detail: whyGiven(givingOf(tool, undefined, { caller, policy })) };
}

function* checksOf(
  { caller, whyNotIn, tool: name, place }: Question,
  rules: Rules,
  grants: Giving[],
): Generator<Check> {
  const { registry, policy, clusters } = rules;
  const tool = registry.get(name);
  yield {
    check: "tool",
    passed: tool !== undefined,
    detail: tool ? `${tool.name} is on.` : notOffered(name, registry),
  };
  if (!tool) return;

  yield { check: "credential", passed: whyNotIn === undefined, detail: whyNotIn ?? whoIs(caller) };
  const granted = authorize(caller, tool.requires, policy);
  yield { check: "permission", passed: granted.ok, detail: granted.ok ? needs(tool) : denied(granted.error) };
  if (!granted.ok) return;
  yield { check: "rate limit", passed: true, detail: `${tool.rate} in each session.` };

  const target = tool.targetAt(place, clusters);
  const known = target.ok ? whereOf(target.value) : `The cluster ${target.error.issues[0]?.message ?? "is not known"}.`;
  yield { check: "target", passed: target.ok, detail: known };
  if (!target.ok) return;
  yield scopeCheck(granted.value, target.value);
  grants.push(...givingOf(tool, target.value, { caller, policy }));
  if (tool.effect !== "read") yield { check: "effect", passed: true, detail: effectOf(tool) };
  yield { check: "quota", passed: true, detail: quotaOf(tool, policy.quota(caller.roles)) };
}

function scopeCheck(grant: Grant, target: Target | undefined): Check {
  const covered = target && grant.covers(target);
  if (covered?.ok === false) return { check: "scope", passed: false, detail: denied(covered.error) };
  return { check: "scope", passed: true, detail: target ? "A grant reaches it." : "Nothing of a cluster is touched." };
}

interface Holding {
  readonly caller: Principal;
  readonly policy: Policy;
}

/** Each scope is asked by itself, with the same question. */
function givingOf({ requires }: Tool, target: Target | undefined, { caller, policy }: Holding): readonly Giving[] {
  if (requires === "public" || requires === "authenticated") return [];
  const gives = (scope: Scope) => {
    const granted = authorize(caller, requires, { ...policy, scopes: () => [scope] });
    return granted.ok && (target === undefined || granted.value.covers(target).ok);
  };
  return caller.roles.flatMap((role) =>
    policy
      .scopes([role], requires)
      .filter(gives)
      .map((scope) => ({ role, permission: requires, ...scope })),
  );
}

function notOffered(name: string, { all }: Registry): string {
  const isOff = all.some((tool) => tool.name === name || tool.name.replaceAll(".", "_") === name);
  return isOff ? `${name} is switched off in this deployment.` : `There is no tool ${JSON.stringify(name)}.`;
}

function whoIs({ kind, roles }: Principal): string {
  const held = roles.length === 0 ? "no role" : roles.join(", ");
  return `${kind === "human" ? "A person" : "An agent"} with ${held}.`;
}

function needs({ requires }: Tool): string {
  if (requires === "public") return "It is public.";
  return requires === "authenticated" ? "Any credential will do." : `It needs ${requires}, which a role grants.`;
}

function whereOf(target: Target | undefined): string {
  if (!target) return "It touches no cluster.";
  const { cluster, namespace, keepsToGrant } = target;
  if (namespace !== undefined) return `Namespace ${namespace} in cluster ${cluster}.`;
  return keepsToGrant ? `Cluster ${cluster}, in the namespaces of the grant.` : `All of cluster ${cluster}.`;
}

function effectOf({ requires }: Tool): string {
  const fresh =
    "It changes something: the credential must have been confirmed within 30 seconds, and it is recorded first.";
  return requires === "runbooks:execute" ? `${fresh} What changes a cluster needs a person's approval besides.` : fresh;
}

function quotaOf({ cost }: Tool, { minute, hour, day }: ReturnType<Policy["quota"]>): string {
  return `It costs ${cost}; the quota is ${minute} a minute, ${hour} an hour and ${day} a day.`;
}

function whyGiven(grants: readonly Giving[]): string {
  const [first] = grants;
  if (!first) return "It asks for no permission.";
  const { role, permission, clusters, namespaces } = first;
  const where = `${named(namespaces, "namespace")} of ${named(clusters, "cluster")}`;
  return `The role ${role} grants ${permission} in ${where}.`;
}

function named(patterns: readonly string[], what: string): string {
  if (patterns.includes("*")) return `every ${what}`;
  return `the ${what}${patterns.length === 1 ? "" : "s"} ${patterns.join(", ")}`;
}

function denied(why: Denied): string {
  switch (why.kind) {
    case "unauthenticated":
      return "It needs a credential.";
    case "permission_denied":
      return `It needs ${why.permission}, which none of the roles grants.`;
    case "insufficient_scope":
      return `The roles grant ${why.permission}; the token leaves it out.`;
    case "out_of_scope": {
      const reach = why.scopes.map(({ clusters, namespaces }) =>
        [named(namespaces, "namespace"), named(clusters, "cluster")].join(" of "),
      );
      return `${why.permission} is granted in ${reach.join(", and in ")}: this call would act elsewhere.`;
    }
  }
}
