// An identity provider and a team of Cloudflare Access, as the Worker under test is told of them.

export const ISSUER = "https://login.test";
export const ISSUER_KID = "of the issuer";
export const ACCESS_TEAM = "https://team.access.test";
export const ACCESS_TAG = "0123456789abcdef";
export const RESOURCE = "https://gatehouse.test/mcp";

const NAMES = ["agent", "observer", "shop-observer", "platform-observer", "administrator"];

export const bindings = {
  PUBLIC_URL: new URL(RESOURCE).origin,
  IDENTITY_PROVIDERS: JSON.stringify([
    {
      name: "okta",
      issuer: ISSUER,
      on_behalf_of: "act.sub",
      roles: { claim: "roles", map: Object.fromEntries(NAMES.map((name) => [name, [name]])) },
    },
  ]),
  ACCESS: JSON.stringify({
    team: ACCESS_TEAM,
    audience: ACCESS_TAG,
    roles: { claim: "email", map: { "mira@example.com": ["administrator"], "e3.access": ["observer"] } },
  }),
};
