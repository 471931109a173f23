// What the variables about identity must say together, and together with the roles.

import { rolesIn } from "../access/identity-provider.ts";
import type { AccessTeam, IdentityProvider, RoleMapping } from "../access/identity-provider.ts";

export interface IdentitySettings {
  readonly PUBLIC_URL?: string | undefined;
  readonly IDENTITY_PROVIDERS: readonly IdentityProvider[];
  readonly ACCESS?: AccessTeam | undefined;
}

/** One sentence a fault, each beginning with the variable that has it. `roles` are those of gatehouse.json. */
export function identityFaults(settings: IdentitySettings, roles: Readonly<Record<string, unknown>>): string[] {
  const { PUBLIC_URL, IDENTITY_PROVIDERS, ACCESS } = settings;
  const isAddressMissing = PUBLIC_URL === undefined && IDENTITY_PROVIDERS.length > 0;
  const unknownIn = ({ roles: mapping }: { readonly roles: RoleMapping }) =>
    [...new Set(rolesIn(mapping))].filter((role) => !Object.hasOwn(roles, role)).map((role) => JSON.stringify(role));
  const words = (unknown: readonly string[]) => `names roles that gatehouse.json does not have: ${unknown.join(", ")}`;

  const ofProviders = IDENTITY_PROVIDERS.flatMap((provider) => {
    const unknown = unknownIn(provider);
    return unknown.length === 0 ? [] : [`IDENTITY_PROVIDERS: ${provider.name} ${words(unknown)}`];
  });
  const unknownToAccess = ACCESS ? unknownIn(ACCESS) : [];
  return [
    ...(isAddressMissing ? ["PUBLIC_URL: is missing, and tokens of IDENTITY_PROVIDERS are made for it"] : []),
    ...ofProviders,
    ...(unknownToAccess.length === 0 ? [] : [`ACCESS: ${words(unknownToAccess)}`]),
  ];
}
