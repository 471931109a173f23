// The proxy proves to itself that it may only read: it asks the API server for its own rules, at the start and every hour.
import * as z from "zod";
import { reachOf } from "../reach.ts";
import { err, ok } from "../result.ts";
import { offencesIn, RulesReview } from "./account-rules.ts";

import type { Result } from "../result.ts";
import type { Offence } from "./account-rules.ts";
import type { KubernetesApi } from "./client.ts";

const AGAIN_AFTER_PROOF_MS = 60 * 60_000;
/** Whoever mends a binding, or waits for the API server, should not have to wait for us. */
const AGAIN_AFTER_ANYTHING_ELSE_MS = 30_000;
/** A verdict outlives one hourly check that could not be made, and not a second one. */
const VERDICT_HOLDS_MS = 2 * 60 * 60_000;
const MAX_NAMESPACES = 50;
const AT_A_TIME = 5;

/** A rule that should not be there, and where it was found: rules of the whole cluster show in every namespace. */
export interface Violation extends Offence {
  readonly namespaces: readonly string[];
}

export interface ReadOnlyVerdict {
  readonly verdict: "proven" | "violated" | "unknown";
  readonly checked_at?: string;
  readonly namespaces: readonly string[];
  readonly violations: readonly Violation[];
  /** Why nothing newer is known, or what the verdict does not cover. */
  readonly detail?: string;
  /** Nothing wrong was found, and the API server says that it cannot list everything. */
  readonly incomplete?: true;
}

export interface ReadOnlyProof {
  /** What is known at this moment; asks nobody. */
  verdict(): ReadOnlyVerdict;
  /** Checks if it is time to, once however many ask, and resolves when that is done. Never rejects. */
  refresh(): Promise<ReadOnlyVerdict>;
}

export interface ProofOptions {
  readonly api: Pick<KubernetesApi, "get" | "review">;
  readonly allowedNamespaces: readonly string[];
  /** The proxy's own, where it runs in the cluster. */
  readonly ownNamespace?: string | undefined;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Told of every verdict that differs from the one before. */
  readonly onChange?: (verdict: ReadOnlyVerdict) => void;
}

interface Known {
  /** The last verdict that was reached, and when. */
  readonly verdict: ReadOnlyVerdict | undefined;
  readonly at: number;
  readonly nextAt: number;
  /** Why the last check reached none. */
  readonly failed?: Unknown;
}

type Unknown = Pick<ReadOnlyVerdict, "detail" | "incomplete">;

export function readOnlyProof(options: ProofOptions): ReadOnlyProof {
  const { now, onChange = () => undefined } = options;
  let known: Known = { verdict: undefined, at: 0, nextAt: -Infinity };
  let checking: Promise<ReadOnlyVerdict> | undefined;

  const verdict = (): ReadOnlyVerdict => {
    const { failed, verdict: last } = known;
    if (last && now() - known.at < VERDICT_HOLDS_MS)
      return { ...last, ...(failed?.detail && { detail: failed.detail }) };
    return { verdict: "unknown", namespaces: [], violations: [], detail: "not asked yet", ...failed };
  };

  const check = async (): Promise<ReadOnlyVerdict> => {
    const before = verdict().verdict;
    known = learnt(known, await judge(options), now());
    const after = verdict();
    // Told also when nothing changed by failing: an operator who looks for the reason looks in the log.
    if (after.verdict !== before || after.verdict === "unknown") onChange(after);
    return after;
  };

  return {
    verdict,
    refresh: () => {
      if (now() < known.nextAt) return Promise.resolve(verdict());
      checking ??= check().finally(() => (checking = undefined));
      return checking;
    },
  };
}

function learnt(known: Known, outcome: Result<ReadOnlyVerdict, Unknown>, at: number): Known {
  // It was asked, and says that it cannot know: whatever was known before is no longer.
  if (!outcome.ok && outcome.error.incomplete) {
    return { verdict: undefined, at, nextAt: at + AGAIN_AFTER_ANYTHING_ELSE_MS, failed: outcome.error };
  }
  if (!outcome.ok) return { ...known, nextAt: at + AGAIN_AFTER_ANYTHING_ELSE_MS, failed: outcome.error };
  const isProven = outcome.value.verdict === "proven";
  return {
    verdict: { ...outcome.value, checked_at: new Date(at).toISOString() },
    at,
    nextAt: at + (isProven ? AGAIN_AFTER_PROOF_MS : AGAIN_AFTER_ANYTHING_ELSE_MS),
  };
}

/** A violation counts wherever it is found, even when not everything could be asked; a proof needs every answer. */
async function judge(options: ProofOptions): Promise<Result<ReadOnlyVerdict, Unknown>> {
  const chosen = await namespacesToAsk(options);
  if (!chosen.ok) return err({ detail: chosen.error });
  const { namespaces, ...more } = chosen.value;
  const reviews: Result<RulesReview, string>[] = [];
  for (let start = 0; start < namespaces.length; start += AT_A_TIME) {
    const some = namespaces.slice(start, start + AT_A_TIME);
    reviews.push(...(await Promise.all(some.map((namespace) => review(namespace, options)))));
  }

  const violations = merged(reviews.flatMap((one, index) => found(one, namespaces[index] ?? "")));
  if (violations.length > 0) return ok({ verdict: "violated", namespaces, violations, ...more });
  const failed = reviews.find((one) => !one.ok);
  if (failed) return err({ detail: failed.error });
  if (reviews.some((one) => one.ok && one.value.status.incomplete)) return err(INCOMPLETE);
  return ok({ verdict: "proven", namespaces, violations: [], ...more });
}

const INCOMPLETE: Unknown = {
  incomplete: true,
  detail:
    "the API server cannot list all rules: one of its authorizers (a webhook, as managed clusters have them) does not say what it allows; those that it did list only read",
};

async function review(namespace: string, { api, signal }: ProofOptions): Promise<Result<RulesReview, string>> {
  const answer = await api.review(namespace, signal);
  if (!answer.ok) return err(`asking for the rules in ${namespace}: ${answer.error.detail ?? answer.error.message}`);
  const parsed = RulesReview.safeParse(answer.value);
  return parsed.success ? ok(parsed.data) : err(`asking for the rules in ${namespace}: the answer is no rules review`);
}

function found(review: Result<RulesReview, string>, namespace: string): readonly (readonly [Offence, string])[] {
  return review.ok ? offencesIn(review.value).map((offence) => [offence, namespace] as const) : [];
}

function merged(found: readonly (readonly [Offence, string])[]): readonly Violation[] {
  const byRule = new Map<string, Violation>();
  for (const [offence, namespace] of found) {
    const key = JSON.stringify(offence);
    byRule.set(key, { ...offence, namespaces: [...(byRule.get(key)?.namespaces ?? []), namespace] });
  }
  return [...byRule.values()];
}

interface Chosen {
  readonly namespaces: readonly string[];
  readonly detail?: string;
}

const NamespaceNames = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

async function namespacesToAsk(options: ProofOptions): Promise<Result<Chosen, string>> {
  const { api, allowedNamespaces: allowed, ownNamespace, signal } = options;
  const always = ["default", ...(ownNamespace === undefined ? [] : [ownNamespace])];
  const exact = allowed.filter((entry) => !entry.includes("*"));
  if (exact.length === allowed.length) return ok(chosenOf(always, exact));

  const answer = await api.get({ path: ["api", "v1", "namespaces"] }, signal);
  const listed = answer.ok ? NamespaceNames.safeParse(answer.value) : undefined;
  if (!listed?.success) {
    return err(
      "ALLOWED_NAMESPACES has a `*`, and the namespaces cannot be listed: bind gatehouse-read-cluster, or name each namespace",
    );
  }
  const reach = reachOf(["*"], allowed);
  const existing = listed.data.items.map(({ metadata }) => metadata.name).filter((name) => reach.has(name));
  return ok(chosenOf(always, [...exact, ...existing]));
}

function chosenOf(always: readonly string[], allowed: readonly string[]): Chosen {
  const open = [...new Set(allowed)].filter((name) => !always.includes(name)).sort();
  const namespaces = [...new Set([...always, ...open.slice(0, MAX_NAMESPACES)])];
  if (open.length <= MAX_NAMESPACES) return { namespaces };
  return { namespaces, detail: `asked in ${MAX_NAMESPACES} of ${open.length} open namespaces` };
}
