// What somebody has typed for a new key, and what it still lacks. The server asks for the same: here it is said sooner.

import { faultOfDays } from "./words.ts";
import type { CreateKey } from "./api.ts";

export interface Wish {
  readonly principal: string;
  readonly kind: CreateKey["kind"];
  readonly roles: readonly string[];
  readonly days: string;
  readonly onBehalfOf: string;
  readonly owner: string;
  readonly note: string;
}

export const NO_WISH: Wish = {
  principal: "",
  kind: "agent",
  roles: [],
  days: "90",
  onBehalfOf: "",
  owner: "",
  note: "",
};

export type WishFaults = Partial<Readonly<Record<"principal" | "roles" | "days", string>>>;

export function faultsOf({ principal, roles, days }: Wish): WishFaults {
  const ofDays = faultOfDays(days);
  return {
    ...(principal.trim() === "" ? { principal: "Say who will hold it, such as agent/incident-triage." } : {}),
    ...(roles.length === 0 ? { roles: "Choose at least one." } : {}),
    ...(ofDays === undefined ? {} : { days: ofDays }),
  };
}

export function bodyOf({ principal, kind, roles, days, onBehalfOf, owner, note }: Wish): CreateKey {
  const given = (text: string) => (text.trim() === "" ? undefined : text.trim());
  return {
    principal: principal.trim(),
    kind,
    roles: [...roles],
    expires_in_days: Number(days),
    on_behalf_of: given(onBehalfOf),
    owner: given(owner),
    note: given(note),
  };
}
