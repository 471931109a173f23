// Who may prove somebody to this deployment: its directory of keys, its identity providers, Cloudflare Access.

import { parseApiKey } from "../access/api-key.ts";
import { passes } from "../access/console-pass.ts";
import { identify, identifyByAccess } from "../access/identify.ts";
import { tickets } from "../access/ticket.ts";
import { OidcTokens } from "../adapters/oidc-tokens.ts";
import { Authenticator } from "../tool/authenticate.ts";
import { TokenAuthenticator } from "../tool/tokens.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { Passes } from "../access/console-pass.ts";
import type { Credential } from "../access/credential.ts";
import type { AccessTeam, IdentityProvider } from "../access/identity-provider.ts";
import type { Verified } from "../access/principal.ts";
import type { Tickets } from "../access/ticket.ts";
import type { Config } from "../config.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { KeyDirectory } from "../ports/key-directory.ts";
import type { Result } from "../result.ts";
import type { Identity } from "../tool/tokens.ts";

export interface Identities {
  readonly authenticate: (credential: Credential) => Promise<Result<Verified, Unauthenticated | UpstreamFailure>>;
  /** Of a key that was shown whole before: whether it still stands, and for whom. */
  readonly confirmKey: (keyId: string) => Promise<Result<Verified, Unauthenticated | UpstreamFailure>>;
  readonly tickets: Tickets;
  readonly passes: Passes;
}

interface Parts {
  readonly keys: KeyDirectory;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

export function identities(config: Config, { keys, fetch, now }: Parts): Identities {
  const { KEY_PEPPER: pepper, IDENTITY_PROVIDERS, ACCESS } = config;
  const apiKeys = new Authenticator({ keys, pepper, now });
  const reach = { fetch, now };
  const tokens = new TokenAuthenticator({
    byIssuer: new Map(
      IDENTITY_PROVIDERS.map((provider) => [provider.issuer, providerIdentity(provider, resourceOf(config), reach)]),
    ),
    access: ACCESS && accessIdentity(ACCESS, reach),
    now,
  });
  return {
    authenticate: (credential) =>
      credential.kind === "bearer" && (parseApiKey(credential.text) || !credential.text.includes("."))
        ? apiKeys.authenticate(credential.text)
        : tokens.authenticate(credential),
    confirmKey: (keyId) => apiKeys.confirm(keyId),
    tickets: tickets({ secret: pepper, now }),
    passes: passes({ secret: pepper, now }),
  };
}

/** RFC 8707: what tokens must be made for. One spelling, without a slash at its end: clients compare it as text. */
export function resourceOf({ PUBLIC_URL }: Pick<Config, "PUBLIC_URL">): string {
  return `${PUBLIC_URL ?? ""}/mcp`;
}

type Reach = Pick<Parts, "fetch" | "now">;

function providerIdentity(provider: IdentityProvider, resource: string, reach: Reach): Identity {
  const { issuer, audience = resource, jwks_url: jwksUrl, algorithms, typ: type, max_age_s: maxAgeS } = provider;
  return {
    verifier: new OidcTokens({ issuer, audience, jwksUrl, algorithms, type, maxAgeS }, reach),
    identify: (proven) => identify(proven, provider),
  };
}

function accessIdentity(team: AccessTeam, reach: Reach): Identity {
  const rules = {
    issuer: team.team,
    audience: team.audience,
    jwksUrl: `${team.team}/cdn-cgi/access/certs`,
    algorithms: ["RS256"],
    type: undefined,
    maxAgeS: undefined,
  };
  return { verifier: new OidcTokens(rules, reach), identify: (proven) => identifyByAccess(proven, team) };
}
