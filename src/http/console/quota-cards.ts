// What principals may spend and what they have spent, as the page is told of it.

import { withDeadline } from "../../deadline.ts";
import { seesEverything } from "../../ports/audit-reader.ts";
import type { Principal } from "../../access/principal.ts";
import type { AuditSight } from "../../ports/audit-reader.ts";
import type { KeyAdmin } from "../../ports/key-admin.ts";
import type { Services } from "../../services.ts";
import type { QuotaCard } from "./contract/quota.ts";
import type { Usage } from "./contract/usage.ts";

/** The rest of the page waits for it. */
const ROLES_TIMEOUT_MS = 1_500;

type QuotaUse = Services["quotaUse"];
type Holder = Pick<Principal, "id" | "roles">;

/** By principal, all asked at once; those that cannot be counted now are left out. */
export async function quotaCards(
  holders: readonly Holder[],
  quotaUse: QuotaUse,
): Promise<ReadonlyMap<string, QuotaCard>> {
  const each = new Map(holders.map((holder) => [holder.id, holder]));
  const cards = await Promise.all(
    Array.from(each.values(), async (holder) => [holder.id, await cardOf(holder, quotaUse)] as const),
  );
  return new Map(cards.flatMap(([id, card]) => (card ? [[id, card] as const] : [])));
}

async function cardOf(holder: Holder, quotaUse: QuotaUse): Promise<QuotaCard | undefined> {
  const used = await quotaUse.of(holder);
  if (!used.ok) return undefined;
  const windows = Object.entries(used.value);
  const share = ([, { limit, used: spent }]: (typeof windows)[number]) => spent / limit;
  const [fullest] = windows.toSorted((a, b) => share(b) - share(a));
  if (!fullest) return undefined;
  const [period, { limit, used: spent, resetsAtMs }] = fullest;
  return { limit, used: spent, period, resets_at: new Date(resetsAtMs).toISOString() };
}

export interface QuotasAsked {
  readonly keys: Pick<KeyAdmin, "rolesOf">;
  readonly quotaUse: QuotaUse;
  /** What is spent is spent everywhere: of others only whoever sees everything is told. */
  readonly sight: AuditSight;
  readonly visitor: Holder;
  readonly signal: AbortSignal;
}

/** The card, or why there is none. */
export type QuotaTold = NonNullable<Usage["by_principal"][number]["quota"]>;

/** Of principals of whom nothing but the name is known. Who is not in it, nobody may be told of. */
export async function quotasByName(
  names: readonly string[],
  asked: QuotasAsked,
): Promise<ReadonlyMap<string, QuotaTold>> {
  const { keys, quotaUse, sight, visitor, signal } = asked;
  const told = names.filter((name) => name === visitor.id || seesEverything(sight));
  if (told.length === 0) return new Map();

  const held = await withDeadline(ROLES_TIMEOUT_MS, signal, (cut) => keys.rolesOf(told, cut));
  const byKey = held.ok && held.value.ok ? held.value.value : undefined;
  const roles = new Map([[visitor.id, visitor.roles], ...(byKey ?? [])]);
  const holders = Array.from(roles, ([id, each]) => ({ id, roles: [...each] })).filter(({ id }) => told.includes(id));
  const cards = await quotaCards(holders, quotaUse);
  const missing = (name: string) => (byKey && !roles.has(name) ? "no_key" : "not_reached");
  return new Map(told.map((name) => [name, cards.get(name) ?? missing(name)]));
}
